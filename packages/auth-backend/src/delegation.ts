import { createAuthError, type CredentialsView, quote } from '@stagepass/auth-node/internal';

/**
 * Requires that a service principal's call may be passed on to a plugin: never further than its access
 * restrictions reach.
 *
 * @param storedAccepted - credentials that come out of JSON are taken at their word, if they say nothing of
 *   restrictions: what they say of them is only a part
 * @throws NotAllowedError `AUTH_DELEGATION_NOT_ALLOWED`
 */
export function requireDelegable(
  credentials: CredentialsView,
  targetPluginId: string,
  storedAccepted: boolean,
): void {
  const { principal, allAccessRestrictions, revived } = credentials;
  if (revived && !storedAccepted) {
    throw createAuthError(
      'AUTH_DELEGATION_NOT_ALLOWED',
      'service credentials that come out of JSON prove nothing; use getOwnServiceCredentials, or the credentials of the request, ' +
        'or set backend.auth.dangerouslyAllowStoredServiceCredentials',
    );
  }
  if (!('accessRestrictions' in principal && principal.accessRestrictions)) return;
  const target = allAccessRestrictions?.get(targetPluginId);
  if (!target) {
    throw createAuthError(
      'AUTH_DELEGATION_NOT_ALLOWED',
      `the access restrictions of ${quote(principal.subject)} do not include the plugin ${quote(targetPluginId)}`,
    );
  }
  // A plain plugin token cannot carry these, and without them it would allow more than the caller has.
  if (target.permissionNames || target.permissionAttributes) {
    throw createAuthError(
      'AUTH_DELEGATION_NOT_ALLOWED',
      `the access of ${quote(principal.subject)} to the plugin ${quote(targetPluginId)} is limited to some permissions and cannot be delegated`,
    );
  }
}
