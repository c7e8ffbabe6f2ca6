import {
  type AuthService,
  type BackstageCredentials,
  type BackstageUserPrincipal,
  isPrincipal,
} from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/**
 * Returns the credentials that the values of the auth cookie prove; undefined if there are no values. A
 * sibling domain can add cookies of the same name, so no position decides: junk beside a good value is
 * passed over, good values of two users are a refusal.
 *
 * @throws AuthenticationError when no value is good, or when two users are proved
 * @throws ServiceUnavailableError when it cannot be told for one of them
 */
export async function authenticateCookies(
  auth: AuthService,
  values: readonly string[],
): Promise<UserCredentials | undefined> {
  const { proved, failures } = await proveCookies(auth, values);
  const undecided = failures.find(failure => !isRefusal(failure));
  if (undecided !== undefined) throw undecided;
  if (new Set(proved.map(({ principal }) => principal.userEntityRef)).size > 1) {
    throw createAuthError(
      'AUTH_REQUEST_AMBIGUOUS',
      'the request carries auth cookies of different users; expected those of one',
    );
  }
  if (proved.length === 0 && failures.length > 0) throw failures[0];
  return lastToExpire(proved);
}

/** Tries every value of the auth cookie: what the good ones prove, and why the others are refused. */
export async function proveCookies(
  auth: AuthService,
  values: readonly string[],
): Promise<{ proved: UserCredentials[]; failures: unknown[] }> {
  const proved: UserCredentials[] = [];
  const failures: unknown[] = [];
  const attempts = Array.from(new Set(values), value => authenticateCookie(auth, value));
  for (const answer of await Promise.allSettled(attempts)) {
    if (answer.status === 'fulfilled') proved.push(answer.value);
    else failures.push(answer.reason);
  }
  return { proved, failures };
}

/** Returns the credentials that hold the longest; undefined if there are none. */
export function lastToExpire(candidates: readonly UserCredentials[]): UserCredentials | undefined {
  return candidates.toSorted((a, b) => expiry(b) - expiry(a))[0];
}

/** Accepts a limited user token alone: the one token whose limited form is itself. */
async function authenticateCookie(auth: AuthService, value: string): Promise<UserCredentials> {
  const credentials = await auth.authenticate(value, { allowLimitedAccess: true });
  if (isPrincipal(credentials, 'user') && credentials.principal.actor === undefined) {
    const limited = await auth.getLimitedUserToken(credentials);
    if (limited.token === value) return credentials;
  }
  throw createAuthError(
    'AUTH_TOKEN_TYPE_UNKNOWN',
    'the auth cookie holds a token of another kind; expected a limited user token',
  );
}

function expiry({ expiresAt }: UserCredentials): number {
  return expiresAt?.getTime() ?? 0;
}

/** Tells a verdict about the token from a failure to reach one. */
function isRefusal(error: unknown): boolean {
  const name = (error as { name?: unknown } | undefined)?.name;
  return name === 'AuthenticationError' || name === 'NotAllowedError';
}
