import type {
  BackstageCredentials,
  BackstageNonePrincipal,
  BackstagePrincipalAccessRestrictions,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
} from '@stagepass/auth-node';
import { viewCredentials } from '@stagepass/auth-node/internal';
import { restrictionsOf } from './mockRestrictions';
import {
  AUTH_COOKIE,
  DEFAULT_SERVICE,
  DEFAULT_USER,
  expClaim,
  formatMockToken,
  INVALID_LIMITED_USER_TOKEN,
  INVALID_SERVICE_TOKEN,
  INVALID_USER_TOKEN,
  isUserEntityRef,
  type MockRestrictions,
  NONE_TOKEN,
  SERVICE_TOKEN,
  USER_TOKEN,
  userEntityRefMessage,
} from './mockTokens';

type ExpiryOption = { expiresAt?: Date };
type UserOptions = { actor?: { subject: string } } & ExpiryOption;
type ServiceTokenOptions = {
  onBehalfOf?: BackstageCredentials;
  targetPluginId?: string;
} & ExpiryOption;

/**
 * Credentials, tokens, headers and cookies that the mock services understand; the same strings as in
 * Backstage's `@backstage/backend-test-utils`.
 *
 * Each member is a function that returns credentials, and has functions that return the strings which
 * lead to them.
 *
 * @example
 * ```ts
 * import request from 'supertest';
 *
 * await request(app).get('/items').set('Authorization', mockCredentials.user.header());
 * ```
 *
 * @public
 */
export const mockCredentials = {
  /** Returns credentials of a caller who presents none. */
  none: Object.assign(noneCredentials, {
    /**
     * Returns an `Authorization` header for a caller without credentials: for the mock `httpAuth`, which
     * takes a request without the header for one of its default credentials.
     */
    header: () => bearer(NONE_TOKEN),
  }),

  /**
   * Returns credentials of a user.
   *
   * @param userEntityRef - default `user:default/mock`
   * @param options - `actor`: the service that calls on behalf of the user; `expiresAt`: when the
   *   credentials and their token expire, to the second, default never
   * @throws TypeError when the ref is not of the form `kind:namespace/name`
   */
  user: Object.assign(userCredentials, {
    /** Returns a user token; without a ref, that of the default user. */
    token: userToken,
    /** Returns an `Authorization` header with a user token. */
    header: (userEntityRef?: string, options?: UserOptions) =>
      bearer(userToken(userEntityRef, options)),
    /** Returns a user token that is refused. */
    invalidToken: () => INVALID_USER_TOKEN,
    /** Returns an `Authorization` header with a user token that is refused. */
    invalidHeader: () => bearer(INVALID_USER_TOKEN),
  }),

  /**
   * Returns credentials of a user, as a limited user token gives them.
   *
   * @param userEntityRef - default `user:default/mock`
   * @param options - `expiresAt`: when the credentials and their token expire, default never
   * @throws TypeError when the ref is not of the form `kind:namespace/name`
   */
  limitedUser: Object.assign(limitedUserCredentials, {
    /** Returns a limited user token, accepted only where limited access is allowed. */
    token: limitedUserToken,
    /** Returns a `Cookie` header with a limited user token. */
    cookie: (userEntityRef?: string, options?: ExpiryOption) =>
      authCookie(limitedUserToken(userEntityRef, options)),
    /** Returns a limited user token that is refused. */
    invalidToken: () => INVALID_LIMITED_USER_TOKEN,
    /** Returns a `Cookie` header with a limited user token that is refused. */
    invalidCookie: () => authCookie(INVALID_LIMITED_USER_TOKEN),
  }),

  /**
   * Returns credentials of a service.
   *
   * @param subject - default `external:test-service`; plugins are `plugin:<id>`
   * @param accessRestrictions - what the service may do; default everything
   * @param allAccessRestrictions - what it may do in which plugin, by plugin id: it may call no other; without
   *   it, the service is as restricted in every plugin
   */
  service: Object.assign(serviceCredentials, {
    /**
     * Returns a service token; without options, that of the default service.
     *
     * @param options - `onBehalfOf`: the user or service for whom the call is made, default the default
     *   service; `targetPluginId`: the only plugin that accepts the token, default any; `expiresAt`: default
     *   when the credentials of the user expire
     */
    token: serviceToken,
    /** Returns an `Authorization` header with a service token; takes what `token` takes. */
    header: (options?: ServiceTokenOptions) => bearer(serviceToken(options)),
    /** Returns a service token that is refused. */
    invalidToken: () => INVALID_SERVICE_TOKEN,
    /** Returns an `Authorization` header with a service token that is refused. */
    invalidHeader: () => bearer(INVALID_SERVICE_TOKEN),
  }),
};

/**
 * Types by the names that Backstage's test suites use.
 *
 * @public
 */
export declare namespace mockCredentials {
  /** Types of {@link mockCredentials.service}. */
  namespace service {
    /** Whose call a service token is for, and to which plugin. */
    type TokenOptions = { onBehalfOf: BackstageCredentials; targetPluginId: string };
  }
}

function noneCredentials(): BackstageCredentials<BackstageNonePrincipal> {
  return seal({ type: 'none' }, 'nonePrincipal');
}

function userCredentials(
  userEntityRef: string = DEFAULT_USER,
  options?: UserOptions,
): BackstageCredentials<BackstageUserPrincipal> {
  requireUserEntityRef(userEntityRef);
  const actor = options?.actor?.subject;
  const principal: BackstageUserPrincipal = { type: 'user', userEntityRef };
  if (actor !== undefined) principal.actor = { type: 'service', subject: actor };
  const actorPart = actor === undefined ? '' : `,actor={${actor}}`;
  const expiresAt = toTheSecond(options?.expiresAt);
  const credentials = seal(principal, `userPrincipal{${userEntityRef}${actorPart}}`, expiresAt);
  const isDefault = userEntityRef === DEFAULT_USER && actor === undefined;
  hide(credentials, 'token', userToken(isDefault ? undefined : userEntityRef, options));
  return credentials;
}

function limitedUserCredentials(
  userEntityRef?: string,
  options?: ExpiryOption,
): BackstageCredentials<BackstageUserPrincipal> {
  const credentials = userCredentials(userEntityRef, { expiresAt: options?.expiresAt });
  // Without an expiry they have the token that Backstage's have.
  if (options?.expiresAt) hide(credentials, 'token', limitedUserToken(userEntityRef, options));
  return credentials;
}

function serviceCredentials(
  subject: string = DEFAULT_SERVICE,
  accessRestrictions?: BackstagePrincipalAccessRestrictions,
  allAccessRestrictions?: MockRestrictions,
): BackstageCredentials<BackstageServicePrincipal> {
  const restrictions = accessRestrictions ?? (allAccessRestrictions && {});
  const principal: BackstageServicePrincipal = { type: 'service', subject };
  if (restrictions) principal.accessRestrictions = restrictions;
  const restrictionsPart = restrictions
    ? `,accessRestrictions=${JSON.stringify(restrictions)}`
    : '';
  const credentials = seal(principal, `servicePrincipal{${subject}${restrictionsPart}}`);
  if (allAccessRestrictions) {
    hide(credentials, 'allAccessRestrictions', new Map(Object.entries(allAccessRestrictions)));
  }
  return credentials;
}

function userToken(userEntityRef?: string, options?: UserOptions): string {
  const exp = expClaim(options?.expiresAt);
  if (!userEntityRef && exp === undefined) return USER_TOKEN;
  const sub = userEntityRef || undefined;
  if (sub !== undefined) requireUserEntityRef(sub);
  const actor = options?.actor && { subject: options.actor.subject };
  return formatMockToken('user', { sub, actor, exp });
}

function limitedUserToken(userEntityRef: string = DEFAULT_USER, options?: ExpiryOption): string {
  requireUserEntityRef(userEntityRef);
  return formatMockToken('limitedUser', { sub: userEntityRef, exp: expClaim(options?.expiresAt) });
}

function serviceToken(options?: ServiceTokenOptions): string {
  if (!options) return SERVICE_TOKEN;
  const { onBehalfOf = serviceCredentials(), targetPluginId } = options;
  const { principal } = onBehalfOf as BackstageCredentials<
    BackstageUserPrincipal | BackstageServicePrincipal | BackstageNonePrincipal
  >;
  const isService = principal.type === 'service';
  return formatMockToken('service', {
    sub: isService ? principal.subject : undefined,
    obo: principal.type === 'user' ? principal.userEntityRef : undefined,
    target: targetPluginId,
    restrictions: isService ? restrictionsOf(viewCredentials(onBehalfOf)) : undefined,
    exp: expClaim(options.expiresAt ?? expiryOf(onBehalfOf)),
  });
}

function requireUserEntityRef(ref: string): void {
  if (!isUserEntityRef(ref)) throw new TypeError(userEntityRefMessage(ref));
}

/** Tokens hold their expiry in seconds, and credentials say the same. */
function toTheSecond(time: Date | undefined): Date | undefined {
  return time && new Date(Math.floor(time.getTime() / 1000) * 1000);
}

/** Stored credentials have their expiry as a text. */
function expiryOf({ expiresAt }: BackstageCredentials): Date | undefined {
  return expiresAt === undefined ? undefined : new Date(expiresAt);
}

function bearer(token: string): string {
  return `Bearer ${token}`;
}

function authCookie(token: string): string {
  return `${AUTH_COOKIE}=${token}`;
}

function seal<TPrincipal>(
  principal: TPrincipal,
  printed: string,
  expiresAt?: Date,
): BackstageCredentials<TPrincipal> {
  const credentials: BackstageCredentials<TPrincipal> & { version: 'v1' } = {
    $$type: '@backstage/BackstageCredentials',
    version: 'v1',
    ...(expiresAt && { expiresAt }),
    principal,
  };
  hide(credentials, 'toString', () => `mockCredentials{${printed}}`);
  return credentials;
}

function hide(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true });
}
