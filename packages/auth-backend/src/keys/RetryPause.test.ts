import { TestClock } from '@stagepass/auth-test-utils';
import { RetryPause } from './RetryPause';

function setUp(random?: () => number) {
  const clock = new TestClock();
  const pause = new RetryPause({ clock, random });
  /** Fails at once, and measures how long the host is left alone. */
  const failAndMeasure = (isRefusing: boolean) => {
    const beganAt = clock.monotonic();
    pause.noteFailure(beganAt);
    while (!pause.isOver(isRefusing)) clock.advance(10);
    return clock.monotonic() - beganAt;
  };
  return { clock, pause, failAndMeasure };
}

describe('RetryPause', () => {
  it('lets the first request out at once, and after a success', () => {
    const { pause, clock } = setUp();
    expect([pause.isOver(false), pause.isOver(true), pause.isFailing]).toEqual([true, true, false]);
    pause.noteFailure(clock.monotonic());
    expect([pause.isOver(false), pause.isOver(true), pause.isFailing]).toEqual([
      false,
      false,
      true,
    ]);
    pause.noteSuccess();
    expect([pause.isOver(false), pause.isOver(true), pause.isFailing]).toEqual([true, true, false]);
  });

  it.each<[boolean, number, number[]]>([
    [false, 0, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]],
    [true, 0, [1_000, 2_000, 4_000, 4_000, 4_000, 4_000, 4_000]],
    [false, 0.8, [800, 1_600, 3_200, 6_400, 12_800, 24_000, 24_000]],
    [true, 0.8, [800, 1_600, 3_200, 3_200, 3_200, 3_200, 3_200]],
  ])('while refusing: %j, at the chance %d, pauses %j', (isRefusing, chance, expected) => {
    const { failAndMeasure } = setUp(() => chance);
    expect(expected.map(() => failAndMeasure(isRefusing))).toEqual(expected);
  });

  it('is as long as ever after thousands of failures, and short again after a success', () => {
    const { pause, failAndMeasure } = setUp(() => 0);
    for (let failure = 0; failure < 5_000; failure += 1) pause.noteFailure(0);
    expect(failAndMeasure(false)).toBe(30_000);
    pause.noteSuccess();
    expect(failAndMeasure(false)).toBe(1_000);
  });

  it('differs from one process to the next', () => {
    const pauses = Array.from({ length: 20 }, () => setUp().failAndMeasure(false));
    expect(new Set(pauses).size).toBeGreaterThan(1);
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(750);
      expect(pause).toBeLessThanOrEqual(1_000);
    }
  });

  it('counts from the beginning of a request that took long', () => {
    const { pause, clock } = setUp(() => 0);
    const beganAt = clock.monotonic();
    clock.advance(5_000);
    pause.noteFailure(beganAt);
    expect(pause.isOver(false)).toBe(true);
  });
});
