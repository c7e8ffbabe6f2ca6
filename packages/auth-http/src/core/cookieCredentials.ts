import {
  type BackstageCredentials,
  type BackstageUserPrincipal,
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

/**
 * Returns the credentials that the values of the auth cookie prove; undefined if there are no values. A
 * sibling domain can add cookies of the same name, so no position decides: junk beside a good value is
 * passed over, good values of two users are a refusal.
 *
 * @throws AuthenticationError when no value is good, or when two users are proved
 * @throws ServiceUnavailableError when it cannot be told for one of them
 */
export async function authenticateCookies(
  auth: CookieVerifier,
  values: readonly string[],
): Promise<UserCredentials | undefined> {
  const { proved, failures } = await proveCookies(auth, values);
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
  return lastToExpire(proved);
}

/**
 * Tries the values of the auth cookie: what the good ones prove, and why the others are refused. Others can
 * add as many as they like, so those that say of themselves that they are limited user tokens come first, and
 * what says to be something else bothers nobody.
 *
 * @throws AuthenticationError `AUTH_REQUEST_AMBIGUOUS` when there are too many
 */
export async function proveCookies(
  auth: CookieVerifier,
  values: readonly string[],
): Promise<{ proved: UserCredentials[]; failures: unknown[] }> {
  const proved: UserCredentials[] = [];
  const failures: unknown[] = [];
  const distinct = [...new Set(values)];
  const limited = distinct.filter(value => kindOf(value) === 'limited');
  if (limited.length > mostCookies) {
    throw createAuthError(
      'AUTH_REQUEST_AMBIGUOUS',
      `expected at most ${mostCookies} auth cookies, found ${limited.length}`,
    );
  }
  const opaque = distinct.filter(value => kindOf(value) === 'opaque').slice(0, mostCookies);
  const candidates = limited.length > 0 ? limited : opaque;
  const attempts = candidates.map(value => authenticateCookie(auth, value));
  for (const answer of await Promise.allSettled(attempts)) {
    if (answer.status === 'fulfilled') proved.push(answer.value);
    else failures.push(answer.reason);
  }
  if (candidates.length < distinct.length) failures.push(refuseOtherKind());
  return { proved, failures };
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
