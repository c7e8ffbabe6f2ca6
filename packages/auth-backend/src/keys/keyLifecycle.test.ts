import {
  type KeyTimes,
  keyLifecyclePolicy,
  planKeys,
  publishedUntil,
  signsUntil,
} from './keyLifecycle';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const start = Date.UTC(2026, 0, 1);
const policy = keyLifecyclePolicy(HOUR, HOUR);
const key = (preparedAt: number, publishedAt = preparedAt) => ({
  preparedAt: start + preparedAt,
  publishedAt: start + publishedAt,
});

describe('keyLifecyclePolicy', () => {
  it.each([
    [HOUR, 10 * MINUTE],
    [24 * HOUR, 10 * MINUTE],
    [10 * MINUTE, 5 * MINUTE],
  ])('publishes a key that signs for %d ms as long as %d ms before', (life, prePublication) => {
    expect(keyLifecyclePolicy(life, HOUR).prePublication).toBe(prePublication);
  });

  it.each([
    [HOUR, HOUR],
    [10 * MINUTE, 10 * MINUTE],
    [24 * HOUR, 24 * HOUR],
    [HOUR, 24 * HOUR],
  ])('keeps a key that signs for %d ms until a token of %d ms has ended', (life, tokenLife) => {
    const each = keyLifecyclePolicy(life, tokenLife);
    expect(publishedUntil(start, each)).toBeGreaterThanOrEqual(
      signsUntil(start, each) + tokenLife + 5 * MINUTE,
    );
    expect(signsUntil(start, each)).toBe(start + each.prePublication + life + HOUR);
  });

  it('keeps expired keys for longer than a clock is wrong', () => {
    expect(policy.pruneAfter).toBeGreaterThanOrEqual(6 * HOUR);
  });
});

describe('planKeys', () => {
  const [a, b, c] = [key(0), key(HOUR), key(2 * HOUR)];

  it.each<[string, KeyTimes[], number, KeyTimes | undefined, boolean]>([
    ['no key yet', [], 0, undefined, true],
    ['the first key signs at once', [a], 0, a, false],
    ['and goes on', [a], 59 * MINUTE, a, false],
    ['the next is prepared after the signing life', [a], HOUR, a, true],
    ['the next is published, not yet used', [a, b], HOUR, a, false],
    ['not a moment too early', [a, b], HOUR + 10 * MINUTE - 1, a, false],
    ['then it signs', [a, b], HOUR + 10 * MINUTE, b, false],
    ['and the third is due an hour after the second', [a, b], 2 * HOUR, b, true],
    ['the newest that has settled signs', [a, b, c], 2 * HOUR + 5 * MINUTE, b, false],
    ['without a successor a key signs through an outage', [a], 2 * HOUR + 10 * MINUTE - 1, a, true],
    ['but not for ever', [a], 2 * HOUR + 10 * MINUTE, undefined, true],
    ['after idle hours', [a, b], 8 * HOUR, undefined, true],
    ['an unsettled key is better than none', [a, key(8 * HOUR)], 8 * HOUR, key(8 * HOUR), false],
  ])('%s', (_, keys, now, active, prepare) => {
    expect(planKeys(keys, start + now, policy)).toEqual({ active, prepare });
  });

  it.each([
    ['a little', -5 * MINUTE, false],
    ['more than clocks differ', -5 * MINUTE - 1, true],
    ['six hours', -6 * HOUR, true],
    ['ten years', -10 * 365 * 24 * HOUR, true],
  ])('signs with its key when the clock is set back by %s', (_, now, prepare) => {
    expect(planKeys([a], start + now, policy)).toEqual({ active: a, prepare });
  });

  it('replaces a key out of the future, ten minutes after its successor is published', () => {
    const future = key(10 * 365 * 24 * HOUR);
    expect(planKeys([future, a], start, policy)).toEqual({ active: future, prepare: false });
    expect(planKeys([future, a], start + 10 * MINUTE, policy)).toEqual({
      active: a,
      prepare: false,
    });
    expect(planKeys([future, a], start + HOUR, policy)).toEqual({ active: a, prepare: true });
  });

  it('always has exactly one key to sign with, however often it is asked', () => {
    let keys: KeyTimes[] = [];
    for (let now = 0; now < 24 * HOUR; now += MINUTE) {
      const { active, prepare } = planKeys(keys, start + now, policy);
      if (now > 0) {
        expect(active).toBeDefined();
        expect(start + now).toBeLessThan(signsUntil(active!.preparedAt, policy));
      }
      if (prepare) keys = active ? [active, key(now)] : [key(now)];
      expect(keys.length).toBeLessThanOrEqual(2);
    }
  });
});
