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
  const answers = await Promise.allSettled(
    [...new Set(values)].map(value => authenticateCookie(auth, value)),
  );
  const failures = answers.filter(answer => answer.status === 'rejected');
  const undecided = failures.find(({ reason }) => reason?.name !== 'AuthenticationError');
  if (undecided) throw undecided.reason;

  const proved = answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []));
  if (new Set(proved.map(({ principal }) => principal.userEntityRef)).size > 1) {
    throw createAuthError(
      'AUTH_REQUEST_AMBIGUOUS',
      'the request carries auth cookies of different users; expected those of one',
    );
  }
  if (proved.length === 0) {
    if (failures[0]) throw failures[0].reason;
    return undefined;
  }
  return proved.reduce((best, next) => (expiry(next) > expiry(best) ? next : best));
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

function expiry(credentials: UserCredentials): number {
  return credentials.expiresAt?.getTime() ?? Number.NEGATIVE_INFINITY;
}
