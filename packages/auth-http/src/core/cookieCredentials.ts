import {
  type AuthErrorCode,
  type BackstageCredentials,
  type BackstageUserPrincipal,
  isAuthError,
  isPrincipal,
  tokenTypes,
} from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/** What is asked about the values of the cookie; limited access is allowed. */
export interface CookieVerifier {
  authenticate(token: string): Promise<BackstageCredentials>;
  getLimitedUserToken(credentials: UserCredentials): Promise<{ token: string }>;
}

/** Host-only, for the host, for each parent domain, and old ones of these: more are somebody's attempt. */
const mostCookies = 8;

/** What came of trying the values of the auth cookie. */
export interface CookieTrial {
  readonly proved: readonly UserCredentials[];
  /** Why the others were refused, in the order received. */
  readonly failures: readonly unknown[];
  /** How many could be good and were not tried, since there are too many. */
  readonly untried: number;
}

/** What is wrong with a token for good; of others it may turn out later that they are good. */
const finalCodes: ReadonlySet<AuthErrorCode> = new Set([
  'AUTH_TOKEN_MALFORMED',
  'AUTH_TOKEN_TYPE_UNKNOWN',
  'AUTH_TOKEN_EXPIRED',
  'AUTH_SIGNATURE_INVALID',
  'AUTH_ALGORITHM_NOT_ALLOWED',
  'AUTH_AUDIENCE_MISMATCH',
  'AUTH_ISSUER_MISMATCH',
  'AUTH_CLAIM_INVALID',
]);

/**
 * Returns the credentials that the values of the auth cookie prove; undefined if there are no values. A
 * sibling domain can add cookies of the same name, so no position decides: junk beside a good value is
 * passed over, good values of two users are a refusal.
 *
 * @throws AuthenticationError when no value is good, when two users are proved, or when there are too many to try
 * @throws ServiceUnavailableError when it cannot be told for one of them
 */
export function decideCookies({
  proved,
  failures,
  untried,
}: CookieTrial): UserCredentials | undefined {
  const undecided = failures.find(failure => !isRefusal(failure));
  if (undecided !== undefined) throw undecided;
  const users = new Set(proved.map(({ principal }) => principal.userEntityRef));
  if (users.size > 1) {
    throw createAuthError(
      'AUTH_REQUEST_AMBIGUOUS',
      `expected auth cookies of one user, found those of ${users.size}; let the browser drop them all, and sign in again`,
    );
  }
  if (proved.length === 0 && failures.length > 0) throw failures[0];
  if (proved.length === 0 && untried > 0) {
    throw createAuthError(
      'AUTH_REQUEST_AMBIGUOUS',
      `expected at most ${mostCookies} auth cookies, found ${untried}`,
    );
  }
  return lastToExpire(proved);
}

/**
 * Tells whether none of the values will ever prove anybody, so that the cookie can be dropped. Beside a good value,
 * or one that could be, none is: who adds a cookie must not take away that of somebody else.
 */
export function areUseless({ proved, failures, untried }: CookieTrial): boolean {
  return (
    proved.length === 0 &&
    untried === 0 &&
    failures.length > 0 &&
    failures.every(failure => isAuthError(failure) && finalCodes.has(failure.code))
  );
}

/**
 * Tries the values of the auth cookie. Others can add as many as they like, so those that say of themselves that
 * they are limited user tokens come first, what says to be something else bothers nobody, and of too many limited
 * ones none is tried: which of them are the user's own cannot be told.
 */
export async function tryCookies(
  auth: CookieVerifier,
  values: readonly string[],
): Promise<CookieTrial> {
  const proved: UserCredentials[] = [];
  const failures: unknown[] = [];
  const distinct = [...new Set(values)];
  const limited = distinct.filter(value => kindOf(value) === 'limited');
  const opaque = distinct.filter(value => kindOf(value) === 'opaque');
  if (limited.length > mostCookies) return { proved, failures, untried: limited.length };
  const candidates = limited.length > 0 ? limited : opaque.slice(0, mostCookies);
  const attempts = candidates.map(value => authenticateCookie(auth, value));
  for (const answer of await Promise.allSettled(attempts)) {
    if (answer.status === 'fulfilled') proved.push(answer.value);
    else failures.push(answer.reason);
  }
  if (candidates.length < distinct.length) failures.push(refuseOtherKind());
  const untried = limited.length + opaque.length - candidates.length;
  return { proved, failures, untried };
}

/** Returns the credentials that hold the longest; undefined if there are none. */
export function lastToExpire(candidates: readonly UserCredentials[]): UserCredentials | undefined {
  return candidates.toSorted((a, b) => expiry(b) - expiry(a))[0];
}

/** Accepts a limited user token alone: the one token whose limited form is itself. */
async function authenticateCookie(auth: CookieVerifier, value: string): Promise<UserCredentials> {
  const credentials = await auth.authenticate(value);
  if (isPrincipal(credentials, 'user') && credentials.principal.actor === undefined) {
    const limited = await auth.getLimitedUserToken(credentials);
    if (limited.token === value) return credentials;
  }
  throw refuseOtherKind();
}

function refuseOtherKind() {
  return createAuthError(
    'AUTH_TOKEN_TYPE_UNKNOWN',
    'expected a limited user token in the auth cookie, found something else; GET /.backstage/auth/v1/cookie sets it',
  );
}

/** What a value says of itself: an old limited token says nothing, and a token of another service may be no JWS. */
function kindOf(value: string): 'limited' | 'opaque' | 'other' {
  try {
    const header = Buffer.from(value.slice(0, value.indexOf('.')), 'base64url').toString();
    const { typ } = JSON.parse(header) as { typ?: unknown };
    if (typ === undefined) return 'opaque';
    return typ === tokenTypes.limitedUser.typParam ? 'limited' : 'other';
  } catch {
    return 'opaque';
  }
}

function expiry({ expiresAt }: UserCredentials): number {
  return expiresAt?.getTime() ?? 0;
}

/** Tells a verdict about the token from a failure to reach one. */
function isRefusal(error: unknown): boolean {
  const name = (error as { name?: unknown } | undefined)?.name;
  return name === 'AuthenticationError' || name === 'NotAllowedError';
}
