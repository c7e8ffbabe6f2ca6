import { createHash } from 'node:crypto';
import type { BackstageCredentials } from './credentials';
import { createAuthError, quote } from './errors';
import type {
  AccessRestrictionsMap,
  BackstageNonePrincipal,
  BackstagePrincipalAccessRestrictions,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
} from './principals';

// The shape below is Backstage's, member for member, since its services read ours and the other way
// round: `version` is enumerable, token and restriction map are not, so that neither reaches a log.

/** Makes the credentials of a user; `token` is the user token, or the limited one, that proved them. */
export function createUserCredentials(options: {
  userEntityRef: string;
  token: string;
  expiresAt: Date;
  actor?: string;
}): BackstageCredentials<BackstageUserPrincipal> {
  const { userEntityRef, token, expiresAt, actor } = options;
  const principal: BackstageUserPrincipal = { type: 'user', userEntityRef };
  if (actor !== undefined) principal.actor = createServicePrincipal(actor);
  hide(principal, 'toString', () => {
    const actorPart = principal.actor ? `,actor={${String(principal.actor)}}` : '';
    return `userPrincipal{${userEntityRef}${actorPart}}`;
  });
  const credentials = seal(principal, expiresAt);
  hide(credentials, 'token', token);
  return credentials;
}

/** Makes the credentials of a service; of the token that proved them only its end is kept, and not shown. */
export function createServiceCredentials(options: {
  subject: string;
  expiresAt?: Date;
  accessRestrictions?: BackstagePrincipalAccessRestrictions;
  allAccessRestrictions?: AccessRestrictionsMap;
}): BackstageCredentials<BackstageServicePrincipal> {
  const { subject, expiresAt, accessRestrictions, allAccessRestrictions } = options;
  const credentials = seal(createServicePrincipal(subject, accessRestrictions));
  // Not `expiresAt`, which in Backstage only users have.
  hide(credentials, 'tokenExpiresAt', expiresAt);
  hide(credentials, 'allAccessRestrictions', allAccessRestrictions);
  return credentials;
}

/** Makes the credentials of a caller who presented none. */
export function createNoneCredentials(): BackstageCredentials<BackstageNonePrincipal> {
  const principal: BackstageNonePrincipal = { type: 'none' };
  hide(principal, 'toString', () => 'nonePrincipal');
  return seal(principal);
}

/** What a sibling package may read of credentials, beyond what plugins see. */
export interface CredentialsView {
  readonly principal:
    | BackstageUserPrincipal
    | BackstageServicePrincipal
    | BackstageNonePrincipal
    | { readonly type: string };
  /** The token that proved a user. */
  readonly token?: string;
  /** When the token that proved them expires; absent where it does not, or is not known. */
  readonly expiresAt?: Date;
  /** The restrictions of a service in every plugin. */
  readonly allAccessRestrictions?: AccessRestrictionsMap;
  /**
   * The object came out of JSON (or was written by hand) and so proves nothing by itself: credentials
   * that a service handed out have a `toString` that JSON cannot carry.
   */
  readonly revived: boolean;
}

/**
 * Reads the hidden part of credentials.
 *
 * @throws AuthenticationError `AUTH_CREDENTIALS_MISSING` when the value is no credentials object, or one of
 *   another version
 */
export function viewCredentials(credentials: BackstageCredentials): CredentialsView {
  const { $$type, version, principal, token, allAccessRestrictions, expiresAt, tokenExpiresAt } =
    (credentials ?? {}) as Partial<Record<string, unknown>>;
  if ($$type !== '@backstage/BackstageCredentials') throw invalid('Invalid credential type');
  if (version !== 'v1') throw invalid(`Invalid credential version ${quote(version)}`);
  if (typeof (principal as { type?: unknown } | undefined)?.type !== 'string') {
    throw invalid('Invalid credentials, expected a principal with a type');
  }
  const toString = Object.getOwnPropertyDescriptor(credentials, 'toString');
  return {
    principal: principal as CredentialsView['principal'],
    token: typeof token === 'string' && token !== '' ? token : undefined,
    expiresAt: [expiresAt, tokenExpiresAt].find(time => time instanceof Date),
    allAccessRestrictions:
      allAccessRestrictions instanceof Map
        ? (allAccessRestrictions as AccessRestrictionsMap)
        : undefined,
    revived: typeof toString?.value !== 'function' || toString.enumerable === true,
  };
}

function invalid(message: string) {
  const reason = `${message}; pass credentials as an auth service or request service returned them`;
  return createAuthError('AUTH_CREDENTIALS_MISSING', reason, { message });
}

function createServicePrincipal(
  subject: string,
  accessRestrictions?: BackstagePrincipalAccessRestrictions,
): BackstageServicePrincipal {
  const principal: BackstageServicePrincipal = { type: 'service', subject };
  if (accessRestrictions) principal.accessRestrictions = accessRestrictions;
  hide(principal, 'toString', () => {
    if (!accessRestrictions) return `servicePrincipal{${subject}}`;
    const digest = createHash('sha256').update(JSON.stringify(accessRestrictions)).digest('base64');
    return `servicePrincipal{${subject},accessRestrictions=${digest.replace(/=+$/, '')}}`;
  });
  return principal;
}

function seal<TPrincipal extends { type: string }>(
  principal: TPrincipal,
  expiresAt?: Date,
): BackstageCredentials<TPrincipal> {
  const credentials: BackstageCredentials<TPrincipal> & { version: 'v1' } = {
    $$type: '@backstage/BackstageCredentials',
    version: 'v1',
    ...(expiresAt && { expiresAt }),
    principal,
  };
  hide(credentials, 'toString', () => `backstageCredentials{${String(principal)}}`);
  return credentials;
}

function hide(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: false,
    configurable: true,
    writable: true,
  });
}
