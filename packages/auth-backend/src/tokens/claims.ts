import type { JsonObject } from '@backstage/types';
import { createAuthError, describeValue, quote } from '@stagepass/auth-node/internal';

/** How far an issuer's clock may be ahead of ours, in seconds, for `iat` and `nbf`. */
const CLOCK_SKEW = 60;

/** 9999-12-31, the last day that every date format in use can write. */
const LATEST_DATE = 253_402_300_799;

/** The longest subject that is issued or accepted, in characters. */
export const MAX_SUBJECT_LENGTH = 1024;

/**
 * Reads the subject (RFC 7519 section 4.1.2): exactly as written, 1 to 1024 characters, not blank.
 *
 * @throws AuthenticationError `AUTH_CLAIM_INVALID`
 */
export function readSubject(claims: JsonObject): string {
  const { sub } = claims;
  if (typeof sub !== 'string' || sub.trim() === '' || sub.length > MAX_SUBJECT_LENGTH) {
    throw invalidClaim('sub', `a string of 1 to ${MAX_SUBJECT_LENGTH} characters`, sub);
  }
  return sub;
}

/** The times of a token, in seconds since the epoch. */
export interface TokenTimes {
  /** 0 where there is none. */
  readonly iat: number;
  /** The later of `iat` and `nbf`. */
  readonly validFrom: number;
  readonly exp: number;
}

/**
 * Reads and checks the times of a token. `exp` and `iat` are required, `nbf` may be absent; the token is
 * expired *at* `exp`, without leeway (RFC 7519 section 4.1.4).
 *
 * @param now - seconds since the epoch, fractions included
 * @param options - `thirdParty`: the issuer is none of ours, and may leave out `iat` and write fractions of
 *   seconds (RFC 7519 section 2, NumericDate)
 * @throws AuthenticationError `AUTH_CLAIM_INVALID`, `AUTH_TOKEN_EXPIRED` or `AUTH_TOKEN_NOT_YET_VALID`
 */
export function readTimes(
  claims: JsonObject,
  now: number,
  { thirdParty = false } = {},
): TokenTimes {
  const iat =
    thirdParty && !Object.hasOwn(claims, 'iat') ? 0 : readNumericDate(claims, 'iat', thirdParty);
  const exp = readNumericDate(claims, 'exp', thirdParty);
  const nbf = Object.hasOwn(claims, 'nbf') ? readNumericDate(claims, 'nbf', thirdParty) : iat;
  if (exp < iat) throw invalidClaim('exp', `a time after iat ${iat}`, exp);
  if (exp <= now) {
    throw createAuthError(
      'AUTH_TOKEN_EXPIRED',
      `the token expired at ${toIso(exp)}, it is ${toIso(now)} now; get a new one`,
    );
  }
  const validFrom = Math.max(iat, nbf);
  if (validFrom > now + CLOCK_SKEW) {
    throw createAuthError(
      'AUTH_TOKEN_NOT_YET_VALID',
      `the token is valid from ${toIso(validFrom)}, it is ${toIso(now)} now; check the clocks of both hosts`,
    );
  }
  return { iat, validFrom, exp };
}

/** Tells whether a token with these times is valid, as {@link readTimes} decides it. */
export function isWithin(
  { validFrom, exp }: Pick<TokenTimes, 'validFrom' | 'exp'>,
  now: number,
): boolean {
  return now < exp && validFrom <= now + CLOCK_SKEW;
}

/**
 * Makes the error for a claim of the wrong type or value. Times are told; of any other value only what it is,
 * since what callers write of themselves and others is not for a log.
 */
export function invalidClaim(name: string, expected: string, found: unknown) {
  return createAuthError(
    'AUTH_CLAIM_INVALID',
    `claim ${name}: expected ${expected}, found ${isTime(name, found) ? found : describeValue(found)}`,
  );
}

// Among plugins whole seconds only: both implementations write them, and a fraction is more often a bug.
function readNumericDate(
  claims: JsonObject,
  name: 'iat' | 'exp' | 'nbf',
  fractions: boolean,
): number {
  const value = claims[name];
  const isDate = typeof value === 'number' && value >= 0 && value <= LATEST_DATE;
  if (isDate && (fractions || Number.isInteger(value))) return value;
  throw invalidClaim(name, `${fractions ? '' : 'whole '}seconds since the epoch`, value);
}

/**
 * Writes an issuer or audience as found (RFC 7519 sections 4.1.1 and 4.1.3): a text or a list of them. Of whatever
 * else stands there only what it is.
 */
export function tellParty(found: unknown): string {
  const values: unknown[] = Array.isArray(found) ? found : [found];
  return values.every(value => typeof value === 'string') ? quote(found) : describeValue(found);
}

function isTime(name: string, found: unknown): found is number {
  return ['iat', 'exp', 'nbf'].includes(name) && typeof found === 'number';
}

function toIso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
