import { TestClock } from './TestClock';

const start = Date.UTC(2026, 0, 1, 12);

describe('TestClock', () => {
  it('stands still until it is advanced', () => {
    const clock = new TestClock();
    expect([clock.now(), clock.monotonic()]).toEqual([start, 0]);
    expect([clock.now(), clock.monotonic()]).toEqual([start, 0]);
  });

  it.each([
    ['milliseconds', 1500, 1500],
    ['an empty object', {}, 0],
    ['an object', { days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 5 }, 93_784_005],
    ['fractions', { hours: 0.5 }, 1_800_000],
  ])('advances both times by %s', (_, duration, milliseconds) => {
    const clock = new TestClock();
    clock.advance(duration);
    expect(clock.now()).toBe(start + milliseconds);
    expect(clock.monotonic()).toBe(milliseconds);
  });

  it.each([[new Date('2030-05-01T00:00:00Z')], [Date.UTC(2030, 4, 1)], ['2030-05-01T00:00:00Z']])(
    'starts at and jumps to %p',
    time => {
      expect(new TestClock(time).now()).toBe(Date.UTC(2030, 4, 1));
      const clock = new TestClock();
      clock.advance(10);
      clock.setTime(time);
      expect(clock.now()).toBe(Date.UTC(2030, 4, 1));
      expect(clock.monotonic()).toBe(10);
    },
  );

  it('does not call timers when the wall clock jumps', () => {
    const clock = new TestClock();
    const called: number[] = [];
    clock.setTimeout(() => called.push(clock.monotonic()), 1000);
    clock.setTime(start + 3_600_000);
    expect(called).toEqual([]);
    clock.advance(1000);
    expect(called).toEqual([1000]);
    expect(clock.now()).toBe(start + 3_601_000);
  });

  it('calls due timers in order, each at its own time, and those of one time as they were set', () => {
    const clock = new TestClock();
    const called: Array<[string, number, number]> = [];
    const note = (name: string) => () =>
      called.push([name, clock.monotonic(), clock.now() - start]);
    clock.setTimeout(note('late'), 300);
    clock.setTimeout(note('early'), 100);
    clock.setTimeout(note('same'), 300);
    clock.setTimeout(note('never'), 301);
    clock.advance(300);
    expect(called).toEqual([
      ['early', 100, 100],
      ['late', 300, 300],
      ['same', 300, 300],
    ]);
    expect(clock.pendingTimers).toBe(1);
  });

  it('calls a timer that a timer set, when it comes due on the same way', () => {
    const clock = new TestClock();
    const called: number[] = [];
    const tick = () => {
      called.push(clock.monotonic());
      clock.setTimeout(tick, 1000);
    };
    clock.setTimeout(tick, 1000);
    clock.advance({ seconds: 3, milliseconds: 500 });
    expect(called).toEqual([1000, 2000, 3000]);
    expect(clock.pendingTimers).toBe(1);
  });

  it('does not call a cancelled timer, one cancelled by another timer included', () => {
    const clock = new TestClock();
    const called: string[] = [];
    const cancelSecond: Array<() => void> = [];
    clock.setTimeout(() => cancelSecond.forEach(cancel => cancel()), 5);
    cancelSecond.push(clock.setTimeout(() => called.push('second'), 5));
    clock.setTimeout(() => called.push('third'), 1)();
    clock.advance(10);
    expect(called).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('calls a timer without delay at the next advance, never at once', () => {
    const clock = new TestClock();
    const called: string[] = [];
    clock.setTimeout(() => called.push('zero'), 0);
    clock.setTimeout(() => called.push('negative'), -5);
    expect(called).toEqual([]);
    clock.advance(0);
    expect(called).toEqual(['zero', 'negative']);
    expect(clock.monotonic()).toBe(0);
  });

  it.each([-1, NaN, Infinity])('refuses to advance by %p', duration => {
    expect(() => new TestClock().advance(duration)).toThrow(
      new RangeError(`Time advances by a number of milliseconds >= 0, not ${duration}`),
    );
  });

  it.each([2 ** 31, NaN, Infinity])('refuses a timer of %p ms, which Node would shorten', delay => {
    expect(() => new TestClock().setTimeout(() => {}, delay)).toThrow(
      new RangeError(`A timer takes at most 2147483647 ms, not ${delay}`),
    );
  });

  it('refuses a start and a jump that are no times', () => {
    expect(() => new TestClock('yesterday')).toThrow(new RangeError('Not a time: yesterday'));
    expect(() => new TestClock().setTime(NaN)).toThrow(new RangeError('Not a time: NaN'));
  });
});
