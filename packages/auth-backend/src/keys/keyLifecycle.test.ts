import { invalidConfig } from '../testing/refusals';
import {
  type KeyLifecyclePolicy,
  keyLifecyclePolicy,
  type KeyTimes,
  planKeys,
  publishedUntil,
  requireSound,
  signsUntil,
  VERIFIERS_REFRESH,
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

describe('requireSound', () => {
  it.each([
    [HOUR, HOUR],
    [10 * MINUTE, 10 * MINUTE],
    [24 * HOUR, 24 * HOUR],
    [HOUR, 24 * HOUR],
    [10 * MINUTE, 24 * HOUR],
  ])(
    'is content with keys that sign for %d ms and tokens that live for %d ms',
    (life, tokenLife) => {
      expect(() => requireSound(keyLifecyclePolicy(life, tokenLife))).not.toThrow();
    },
  );

  it.each<[string, Partial<KeyLifecyclePolicy>, string]>([
    [
      'a key that signs before verifiers know it',
      { prePublication: VERIFIERS_REFRESH },
      'prePublication to be at least 180000 ms, found 60000',
    ],
    [
      'no publication before',
      { prePublication: 0 },
      'prePublication to be at least 180000 ms, found 0',
    ],
    [
      'a signing life that ends before the next key may sign',
      { signingLife: 10 * MINUTE },
      'signingLife to be at least 600001 ms, found 600000',
    ],
    ['no signing life', { signingLife: 0 }, 'signingLife to be at least 1 ms, found 0'],
    [
      'less than an hour of outage',
      { outageAllowance: HOUR - 1 },
      'outageAllowance to be at least 3600000 ms, found 3599999',
    ],
    ['no margin for clocks', { margin: 0 }, 'margin to be at least 120000 ms, found 0'],
    ['tokens without a life', { tokenLife: 0 }, 'tokenLife to be at least 1 ms, found 0'],
    [
      'a token life of 24 h and the retention of one of an hour',
      { tokenLife: 24 * HOUR },
      'retention to be at least 94500000 ms, found 11700000',
    ],
    [
      'a longer outage without more retention',
      { outageAllowance: 2 * HOUR },
      'retention to be at least 15300000 ms, found 11700000',
    ],
    [
      'a retention that is a millisecond short',
      { retention: 3.25 * HOUR - 1 },
      'retention to be at least 11700000 ms, found 11699999',
    ],
    ['a deletion at once', { pruneAfter: 0 }, 'pruneAfter to be at least 300000 ms, found 0'],
    ['what is no number', { retention: NaN }, 'retention to be at least 11700000 ms, found NaN'],
    ['what never ends', { tokenLife: Infinity }, 'tokenLife to be at least 1 ms, found Infinity'],
  ])('refuses %s', (_, change, expected) => {
    let refusal: unknown;
    try {
      requireSound({ ...policy, ...change });
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject(invalidConfig(`key life cycle: expected ${expected}`));
  });
});

describe('planKeys', () => {
  const [a, b, c, d] = [key(0), key(HOUR), key(2 * HOUR), key(HOUR, 1.1 * HOUR)];

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
    ['a key that was stored late is not used', [a, key(HOUR, 1.1 * HOUR)], 1.2 * HOUR, a, false],
    ['but when it was published for long enough', [a, d], 1.1 * HOUR + 10 * MINUTE, d, false],
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
