/** What came of a step, as plain JSON. */
export type Found = null | boolean | number | string | Found[] | { [key: string]: Found };

/**
 * What is expected of a step: the very same JSON, no member more and none less; with matchers in place of
 * values that differ from run to run. All of it is data, so that a test can change any part.
 */
export type Expected =
  null | boolean | number | string | Matcher | Expected[] | { [key: string]: Expected };

/** Stands for a value that differs from run to run. */
export type Matcher =
  /** A text that a regular expression matches from end to end. */
  | { $: 'text'; pattern: string }
  /** A token (RFC 7515, compact) with this header and these claims. */
  | { $: 'jwt'; header: Expected; claims: Expected }
  /** A time in seconds since the epoch. */
  | { $: 'seconds' }
  /** A time in seconds, this long after the one under this name in the same object. */
  | { $: 'after'; sibling: string; seconds: number }
  /** The time, ISO 8601, at which a token expires: the one under this name in the same object. */
  | { $: 'expiryOf'; sibling: string };

export function text(pattern: RegExp): Matcher {
  return { $: 'text', pattern: pattern.source };
}

export function jwt(header: Expected, claims: Expected): Matcher {
  return { $: 'jwt', header, claims };
}

export const seconds: Matcher = { $: 'seconds' };

export function after(sibling: string, interval: number): Matcher {
  return { $: 'after', sibling, seconds: interval };
}

export function expiryOf(sibling: string): Matcher {
  return { $: 'expiryOf', sibling };
}

export function isMatcher(expected: Expected): expected is Matcher {
  return typeof expected === 'object' && expected !== null && '$' in expected;
}
