import type { BackstageCredentials } from './credentials';
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
  const { type } = (credentials.principal ?? {}) as { type?: unknown };
  const isKnown = type === 'user' || type === 'service' || type === 'none';
  if (isKnown && (!allow || allow.some(allowed => allowed === type))) {
    return credentials as BackstageCredentials<BackstagePrincipalTypes[TAllowed]>;
  }
  throw isKnown
    ? refusePrincipal(credentials, type, allow)
    : createAuthError(
        'AUTH_PRINCIPAL_NOT_ALLOWED',
        'the credentials hold no principal of a known type; expected user, service or none',
      );
}

function refusePrincipal(
  credentials: BackstageCredentials,
  type: 'user' | 'service' | 'none',
  allow: readonly string[] = [],
): Error {
  const expected = `expected ${allow.join(' or ') || 'no'} credentials`;
  if (type === 'none') {
    return createAuthError(
      'AUTH_CREDENTIALS_MISSING',
      `${expected}, the request carries none; send a token as Authorization: Bearer, or allow none`,
    );
  }
  return createAuthError(
    'AUTH_PRINCIPAL_NOT_ALLOWED',
    `${expected}, found those of the ${type} ${quote(nameOf(credentials))}; call with other credentials, or allow these`,
    { message: `This endpoint does not allow '${type}' credentials` },
  );
}

function nameOf(credentials: BackstageCredentials): string {
  const principal = credentials.principal as BackstageServicePrincipal | BackstageUserPrincipal;
  return principal.type === 'user' ? principal.userEntityRef : principal.subject;
}
