import { systemClock } from './internal';

describe('systemClock', () => {
  it('tells wall-clock time in milliseconds, and durations that never go back', () => {
    const before = Date.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
    const start = systemClock.monotonic();
    expect(systemClock.monotonic()).toBeGreaterThanOrEqual(start);
  });

  it('calls back once, and not at all after it was cancelled', async () => {
    let cancelled = 0;
    systemClock.setTimeout(() => (cancelled += 1), 1)();
    // The timer does not hold the process; this one of the test does.
    const hold = setTimeout(() => {}, 10_000);
    await new Promise<void>(resolve => systemClock.setTimeout(resolve, 5));
    clearTimeout(hold);
    expect(cancelled).toBe(0);
  });
});
