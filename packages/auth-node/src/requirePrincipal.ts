import { type BackstageCredentials, isPrincipal } from './credentials';
import { createAuthError, quote } from './errors';
import type {
  BackstagePrincipalTypes,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
} from './principals';

/**
 * Returns the credentials, narrowed to the allowed principal types, or throws: the one place that
 * decides about `allow`.
 *
 * @param credentials - verified credentials
 * @param allow - the principal types that may pass; absent means any
 * @throws AuthenticationError `AUTH_CREDENTIALS_MISSING` when there are none and `none` is not allowed
 * @throws NotAllowedError `AUTH_PRINCIPAL_NOT_ALLOWED` when the principal is of another type
 * @public
 */
export function requirePrincipal<TAllowed extends keyof BackstagePrincipalTypes = 'unknown'>(
  credentials: BackstageCredentials,
  allow?: readonly TAllowed[],
): BackstageCredentials<BackstagePrincipalTypes[TAllowed]> {
  const allowed: readonly string[] | undefined = allow;
  const expected = `expected ${allowed?.join(' or ') || 'no'} credentials`;
  for (const type of ['none', 'user', 'service'] as const) {
    if (!isPrincipal(credentials, type)) continue;
    if (!allowed || allowed.includes(type)) {
      return credentials as BackstageCredentials<BackstagePrincipalTypes[TAllowed]>;
    }
    if (type === 'none') {
      throw createAuthError(
        'AUTH_CREDENTIALS_MISSING',
        `${expected}, the request carries none; send a token as Authorization: Bearer, or allow none`,
      );
    }
    throw createAuthError(
      'AUTH_PRINCIPAL_NOT_ALLOWED',
      `${expected}, found those of the ${type} ${quote(nameOf(credentials))}; call with other credentials, or allow these`,
      { message: `This endpoint does not allow '${type}' credentials` },
    );
  }
  throw createAuthError(
    'AUTH_PRINCIPAL_NOT_ALLOWED',
    'the credentials hold no principal of a known type; expected user, service or none',
  );
}

function nameOf(credentials: BackstageCredentials): string {
  const principal = credentials.principal as BackstageServicePrincipal | BackstageUserPrincipal;
  return principal.type === 'user' ? principal.userEntityRef : principal.subject;
}
