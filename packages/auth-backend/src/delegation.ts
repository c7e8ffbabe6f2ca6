import type { AccessRestrictionsMap } from '@stagepass/auth-node';
import { createAuthError, type CredentialsView, quote } from '@stagepass/auth-node/internal';
import { readAccessRestrictions, writeAccessRestrictions } from './tokens/accessRestrictions';

/** How the limits of a restricted caller are kept in calls that a plugin makes for it. */
export type RestrictedDelegation =
  /** They travel with the token, and who does not know them refuses it. */
  | 'critical'
  /** As in Backstage: they cannot travel, and a call is made only where none apply. */
  | 'plain';

/**
 * Requires that a service principal's call may be passed on to a plugin: never further than its access
 * restrictions reach.
 *
 * @param options - `storedAccepted`: credentials that come out of JSON are taken at their word, if they say
 *   nothing of restrictions: what they say of them is only a part
 * @returns the restrictions that the token must carry, all of them: the next plugin passes them on
 * @throws NotAllowedError `AUTH_DELEGATION_NOT_ALLOWED`
 */
export function requireDelegable(
  credentials: CredentialsView,
  targetPluginId: string,
  options: { storedAccepted: boolean; restrictedDelegation: RestrictedDelegation },
): AccessRestrictionsMap | undefined {
  const { principal, allAccessRestrictions, revived } = credentials;
  if (revived && !options.storedAccepted) {
    throw notDelegable(
      'service credentials that come out of JSON prove nothing; use getOwnServiceCredentials, or the credentials of the request, ' +
        'or set backend.auth.dangerouslyAllowStoredServiceCredentials',
    );
  }
  const isRestricted =
    allAccessRestrictions !== undefined ||
    ('accessRestrictions' in principal && principal.accessRestrictions !== undefined);
  if (!isRestricted) return undefined;
  const subject = 'subject' in principal ? quote(principal.subject) : 'the caller';
  const target = allAccessRestrictions?.get(targetPluginId);
  if (!allAccessRestrictions || !target) {
    throw notDelegable(
      `the access restrictions of ${subject} do not include the plugin ${quote(targetPluginId)}`,
    );
  }
  if (options.restrictedDelegation === 'plain') {
    // A plain plugin token cannot carry these, and without them it would allow more than the caller has.
    if (target.permissionNames || target.permissionAttributes) {
      throw notDelegable(
        `the access of ${subject} to the plugin ${quote(targetPluginId)} is limited to some permissions and cannot be delegated`,
      );
    }
    return undefined;
  }
  // Read as a receiver will: a token that everybody refuses is not issued.
  const restrictions = readAccessRestrictions(writeAccessRestrictions(allAccessRestrictions));
  if (typeof restrictions === 'string') {
    throw notDelegable(
      `the access restrictions of ${subject} cannot be passed on in a token: ${restrictions}`,
    );
  }
  return restrictions;
}

function notDelegable(reason: string) {
  return createAuthError('AUTH_DELEGATION_NOT_ALLOWED', reason);
}
