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

// The shape below is Backstage's, since its services read ours and the other way round: `version` is enumerable,
// token and restriction map are not, so that neither reaches a log.

/** What led to credentials, for the log; read only when there is something to tell. */
export interface CredentialsOrigin {
  readonly correlationId?: string;
}

/** What stands for a user in calls to others: the limited form of their token, and its times in seconds since the epoch. */
export interface LimitedForm {
  readonly token: string;
  readonly times: { readonly validFrom: number; readonly exp: number };
}

/** What credentials hold beside what they show. */
export interface HiddenCredentials {
  /** The token that proved a user. */
  readonly token?: string;
  /** The limited form of that token, where the service that handed them out knew it. */
  readonly limitedForm?: LimitedForm | undefined;
  /** When the token expires, in milliseconds since the epoch, where the credentials do not show it. */
  readonly tokenExpiresAt?: number;
  readonly allAccessRestrictions?: AccessRestrictionsMap;
  readonly origin?: CredentialsOrigin;
}

/** Tells credentials that a service handed out, also by another copy of this package: JSON has no symbols. */
const handedOut = Symbol.for('@stagepass/auth-node/handed-out');

/**
 * Credentials as services hand them out, new for each call. What is not to be shown is private and readable through
 * the prototype: properties that are hidden one by one take longer than all the rest of a call.
 */
class Credentials<TPrincipal extends { type: string }> {
  declare readonly $$type: '@backstage/BackstageCredentials';
  declare readonly version: 'v1';
  declare readonly expiresAt?: Date;
  declare readonly principal: TPrincipal;
  readonly #hidden: HiddenCredentials;

  constructor(principal: TPrincipal, hidden: HiddenCredentials, expiresAt?: Date) {
    this.$$type = '@backstage/BackstageCredentials';
    this.version = 'v1';
    if (expiresAt) this.expiresAt = expiresAt;
    this.principal = principal;
    this.#hidden = hidden;
  }

  /** Returns what is hidden in a value, if it is such an object. */
  static read(value: object): HiddenCredentials | undefined {
    return #hidden in value ? value.#hidden : undefined;
  }

  get [handedOut](): boolean {
    return Credentials.read(this) !== undefined;
  }

  toString(): string {
    return `backstageCredentials{${String(this.principal)}}`;
  }
}

class UserCredentials extends Credentials<BackstageUserPrincipal> {
  get token(): string | undefined {
    return Credentials.read(this)?.token;
  }
}

class ServiceCredentials extends Credentials<BackstageServicePrincipal> {
  get tokenExpiresAt(): Date | undefined {
    const time = Credentials.read(this)?.tokenExpiresAt;
    return time === undefined ? undefined : new Date(time);
  }

  get allAccessRestrictions(): AccessRestrictionsMap | undefined {
    return Credentials.read(this)?.allAccessRestrictions;
  }
}

// Whoever compares them with an object literal, strictly too, compares what they show.
for (const { prototype } of [Credentials, UserCredentials, ServiceCredentials]) {
  Object.defineProperty(prototype, 'constructor', { value: Object });
}

/**
 * Makes the principal of a user. It is frozen: what one holder of credentials writes into it reaches no other.
 *
 * @param actor - the service that calls on behalf of the user
 */
export function createUserPrincipal(
  userEntityRef: string,
  actor?: BackstageServicePrincipal,
): BackstageUserPrincipal {
  const principal: BackstageUserPrincipal = { type: 'user', userEntityRef };
  if (actor) principal.actor = actor;
  return withText(principal, () => {
    const actorPart = actor ? `,actor={${String(actor)}}` : '';
    return `userPrincipal{${userEntityRef}${actorPart}}`;
  });
}

/** Makes the principal of a service, frozen likewise, but for what its restrictions list. */
export function createServicePrincipal(
  subject: string,
  accessRestrictions?: BackstagePrincipalAccessRestrictions,
): BackstageServicePrincipal {
  const principal: BackstageServicePrincipal = { type: 'service', subject };
  if (accessRestrictions) principal.accessRestrictions = accessRestrictions;
  return withText(principal, () => {
    if (!accessRestrictions) return `servicePrincipal{${subject}}`;
    const digest = createHash('sha256').update(JSON.stringify(accessRestrictions)).digest('base64');
    return `servicePrincipal{${subject},accessRestrictions=${digest.replace(/=+$/, '')}}`;
  });
}

function withText<TPrincipal extends object>(
  principal: TPrincipal,
  toString: () => string,
): TPrincipal {
  return Object.freeze(Object.defineProperty(principal, 'toString', { value: toString }));
}

/** Makes credentials of a user; `expiresAt` is when the token expires. */
export function createCredentialsOfUser(
  principal: BackstageUserPrincipal,
  hidden: HiddenCredentials,
  expiresAt: Date,
): BackstageCredentials<BackstageUserPrincipal> {
  return new UserCredentials(principal, hidden, expiresAt);
}

/** Makes credentials of a service, which in Backstage show nothing of when the token expires. */
export function createCredentialsOfService(
  principal: BackstageServicePrincipal,
  hidden: HiddenCredentials,
): BackstageCredentials<BackstageServicePrincipal> {
  return new ServiceCredentials(principal, hidden);
}

/**
 * Makes the credentials of a user; `token` is the user token, or the limited one, that proved them, and `actor` the
 * subject of the service that calls on behalf of the user.
 */
export function createUserCredentials(options: {
  userEntityRef: string;
  token: string;
  expiresAt: Date;
  actor?: string;
}): BackstageCredentials<BackstageUserPrincipal> {
  const { userEntityRef, token, expiresAt, actor } = options;
  const service = actor === undefined ? undefined : createServicePrincipal(actor);
  return createCredentialsOfUser(createUserPrincipal(userEntityRef, service), { token }, expiresAt);
}

/** Makes the credentials of a service; of the token that proved them only its end is kept, and not shown. */
export function createServiceCredentials(options: {
  subject: string;
  expiresAt?: Date;
  accessRestrictions?: BackstagePrincipalAccessRestrictions;
  allAccessRestrictions?: AccessRestrictionsMap;
}): BackstageCredentials<BackstageServicePrincipal> {
  const { subject, expiresAt, accessRestrictions, allAccessRestrictions } = options;
  return createCredentialsOfService(createServicePrincipal(subject, accessRestrictions), {
    tokenExpiresAt: expiresAt?.getTime(),
    allAccessRestrictions,
  });
}

/** Makes the credentials of a caller who presented none. */
export function createNoneCredentials(): BackstageCredentials<BackstageNonePrincipal> {
  const principal: BackstageNonePrincipal = { type: 'none' };
  return new Credentials(
    withText(principal, () => 'nonePrincipal'),
    {},
  );
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
  /** The limited form of that token, where the service that handed them out knew it. */
  readonly limitedForm?: LimitedForm | undefined;
  /** When the token that proved them expires; absent where it does not, or is not known. */
  readonly expiresAt?: Date;
  /** The restrictions of a service in every plugin. */
  readonly allAccessRestrictions?: AccessRestrictionsMap;
  /**
   * The object came out of JSON (or was written by hand) and so proves nothing by itself: credentials
   * that a service handed out have what JSON cannot carry.
   */
  readonly revived: boolean;
  /** What led to the credentials, where the service that handed them out said so. */
  readonly origin?: CredentialsOrigin;
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
  const hidden = Credentials.read(credentials);
  return {
    principal: principal as CredentialsView['principal'],
    token: typeof token === 'string' && token !== '' ? token : undefined,
    // Of this very token, whatever somebody has written over it.
    limitedForm: hidden?.token === token ? hidden?.limitedForm : undefined,
    expiresAt: asDate(expiresAt) ?? asDate(tokenExpiresAt),
    allAccessRestrictions:
      allAccessRestrictions instanceof Map
        ? (allAccessRestrictions as AccessRestrictionsMap)
        : undefined,
    revived: !hidden && !isHandedOut(credentials),
    origin: hidden?.origin,
  };
}

function asDate(value: unknown): Date | undefined {
  return value instanceof Date ? value : undefined;
}

/** Tells credentials of other services: Backstage's have a `toString` of their own that is not enumerable. */
function isHandedOut(credentials: object): boolean {
  if ((credentials as { [handedOut]?: unknown })[handedOut] === true) return true;
  const toString = Object.getOwnPropertyDescriptor(credentials, 'toString');
  return typeof toString?.value === 'function' && toString.enumerable === false;
}

function invalid(message: string) {
  const reason = `${message}; pass credentials as an auth service or request service returned them`;
  return createAuthError('AUTH_CREDENTIALS_MISSING', reason, { message });
}
