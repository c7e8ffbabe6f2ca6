import { createAuthError } from '@stagepass/auth-node/internal';

/**
 * The life of a rotating signing key, as functions of now: prepared (generated and published) → active
 * (signs) → retired (verifies) → pruned. All times are milliseconds.
 */
export interface KeyLifecyclePolicy {
  /** How long a key is published before it signs; longer than verifiers take to refresh a key set. */
  readonly prePublication: number;
  /** How long a key signs before the next one takes over. */
  readonly signingLife: number;
  /** How much longer it may sign when no next key can be published, as during a database outage. */
  readonly outageAllowance: number;
  /** The longest life of a token that it signs. */
  readonly tokenLife: number;
  /** Added to the retention for clocks that differ between hosts. */
  readonly margin: number;
  /** How long the public half is published, from the preparation of the key on: all of the above, together. */
  readonly retention: number;
  /**
   * How long an expired key is kept in the store: a clock that is fast by less than this deletes no key with
   * which another replica's tokens are verified.
   */
  readonly pruneAfter: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** After how long, in milliseconds, verifiers that use a key set know what has been published meanwhile. */
export const VERIFIERS_REFRESH = MINUTE;

/** How far the clocks of two hosts may be apart, in milliseconds: a minute each. */
const CLOCK_DIFFERENCE = 2 * MINUTE;

/** Returns the policy for keys that sign for the given time, tokens that live for the given time. */
export function keyLifecyclePolicy(signingLife: number, tokenLife: number): KeyLifecyclePolicy {
  const prePublication = Math.min(10 * MINUTE, signingLife / 2);
  const outageAllowance = HOUR;
  const margin = 5 * MINUTE;
  return {
    prePublication,
    signingLife,
    outageAllowance,
    tokenLife,
    margin,
    retention: prePublication + signingLife + outageAllowance + tokenLife + margin,
    pruneAfter: 24 * HOUR,
  };
}

/**
 * Asserts that verifiers know each key before it signs, and as long as a token of it lives, whatever the
 * numbers come from.
 *
 * @throws Error `AUTH_CONFIG_INVALID` that names the numbers, in milliseconds
 */
export function requireSound(policy: KeyLifecyclePolicy): void {
  const { prePublication, signingLife, outageAllowance, tokenLife, margin } = policy;
  const life = prePublication + signingLife + outageAllowance + tokenLife + margin;
  requireAtLeast('signingLife', signingLife, 1);
  requireAtLeast('tokenLife', tokenLife, 1);
  requireAtLeast('prePublication', prePublication, VERIFIERS_REFRESH + CLOCK_DIFFERENCE);
  // Otherwise the next key but one is prepared before the next one signs.
  requireAtLeast('signingLife', signingLife, prePublication + 1);
  requireAtLeast('outageAllowance', outageAllowance, HOUR);
  requireAtLeast('margin', margin, CLOCK_DIFFERENCE);
  requireAtLeast('retention', policy.retention, life);
  requireAtLeast('pruneAfter', policy.pruneAfter, margin);
}

function requireAtLeast(name: keyof KeyLifecyclePolicy, found: number, least: number): void {
  if (found >= least && found < Infinity) return;
  throw createAuthError(
    'AUTH_CONFIG_INVALID',
    `key life cycle: expected ${name} to be at least ${least} ms, found ${found}`,
  );
}

/** When a key that is prepared now must have stopped signing. */
export function signsUntil(preparedAt: number, policy: KeyLifecyclePolicy): number {
  return preparedAt + policy.prePublication + policy.signingLife + policy.outageAllowance;
}

/** Until when the public half must stay published: the last token that it signed has expired then. */
export function publishedUntil(preparedAt: number, policy: KeyLifecyclePolicy): number {
  return preparedAt + policy.retention;
}

/** The times of a key, in milliseconds since the epoch. */
export interface KeyTimes {
  /** When it was generated; from here on its life is counted. */
  readonly preparedAt: number;
  /** When it was known to be in the store, later than that where the store did not take it at once. */
  readonly publishedAt: number;
}

/** What to do now with the keys of this process. */
export interface KeyPlan<TKey> {
  /** The key to sign with; undefined if a key must be prepared before anything can be signed. */
  readonly active: TKey | undefined;
  /** The next key is due. */
  readonly prepare: boolean;
}

/**
 * Decides which key signs, and whether the next one is due. The newest key that has been published for
 * long enough signs; the very first key of a process signs at once, since there is no other. A key out of
 * the future, prepared before the clock was set back, signs until its successor can: it would never be due.
 *
 * @param keys - the keys of this process in the order in which they were prepared
 * @param now - milliseconds since the epoch
 */
export function planKeys<TKey extends KeyTimes>(
  keys: readonly TKey[],
  now: number,
  policy: KeyLifecyclePolicy,
): KeyPlan<TKey> {
  let first: TKey | undefined;
  let settled: TKey | undefined;
  let newest: TKey | undefined;
  for (const key of keys) {
    if (now >= signsUntil(key.preparedAt, policy)) continue;
    first ??= key;
    if (now >= key.publishedAt + policy.prePublication) settled = key;
    newest = key;
  }
  return {
    active: settled ?? first,
    prepare:
      newest === undefined ||
      now >= newest.preparedAt + policy.signingLife ||
      now < newest.preparedAt - policy.margin,
  };
}
