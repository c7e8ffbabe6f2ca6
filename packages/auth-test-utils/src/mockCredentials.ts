import type {
  BackstageCredentials,
  BackstageNonePrincipal,
  BackstagePrincipalAccessRestrictions,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
} from '@stagepass/auth-node';
import {
  AUTH_COOKIE,
  formatMockToken,
  INVALID_LIMITED_USER_TOKEN,
  INVALID_SERVICE_TOKEN,
  INVALID_USER_TOKEN,
  isUserEntityRef,
  NONE_TOKEN,
  SERVICE_TOKEN,
  USER_TOKEN,
  userEntityRefMessage,
} from './mockTokens';

const DEFAULT_USER = 'user:default/mock';
const DEFAULT_SERVICE = 'external:test-service';

type ActorOption = { actor?: { subject: string } };
type ServiceTokenOptions = { onBehalfOf: BackstageCredentials; targetPluginId: string };

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
   * @param options - `actor`: the service that calls on behalf of the user
   * @throws TypeError when the ref is not of the form `kind:namespace/name`
   */
  user: Object.assign(userCredentials, {
    /** Returns a user token; without a ref, that of the default user. */
    token: userToken,
    /** Returns an `Authorization` header with a user token. */
    header: (userEntityRef?: string) => bearer(userToken(userEntityRef)),
    /** Returns a user token that is refused. */
    invalidToken: () => INVALID_USER_TOKEN,
    /** Returns an `Authorization` header with a user token that is refused. */
    invalidHeader: () => bearer(INVALID_USER_TOKEN),
  }),

  /**
   * Returns credentials of a user, as a limited user token gives them.
   *
   * @param userEntityRef - default `user:default/mock`
   * @throws TypeError when the ref is not of the form `kind:namespace/name`
   */
  limitedUser: Object.assign((userEntityRef?: string) => userCredentials(userEntityRef), {
    /** Returns a limited user token, accepted only where limited access is allowed. */
    token: limitedUserToken,
    /** Returns a `Cookie` header with a limited user token. */
    cookie: (userEntityRef?: string) => authCookie(limitedUserToken(userEntityRef)),
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
   */
  service: Object.assign(serviceCredentials, {
    /**
     * Returns a service token; without options, that of the default service.
     *
     * @param options - `onBehalfOf`: the user or service for whom the call is made; `targetPluginId`: the
     *   plugin that accepts the token
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
    type TokenOptions = ServiceTokenOptions;
  }
}

function noneCredentials(): BackstageCredentials<BackstageNonePrincipal> {
  return seal({ type: 'none' }, 'nonePrincipal');
}

function userCredentials(
  userEntityRef: string = DEFAULT_USER,
  options?: ActorOption,
): BackstageCredentials<BackstageUserPrincipal> {
  requireUserEntityRef(userEntityRef);
  const actor = options?.actor?.subject;
  const principal: BackstageUserPrincipal = { type: 'user', userEntityRef };
  if (actor !== undefined) principal.actor = { type: 'service', subject: actor };
  const actorPart = actor === undefined ? '' : `,actor={${actor}}`;
  const credentials = seal(principal, `userPrincipal{${userEntityRef}${actorPart}}`);
  const isDefault = userEntityRef === DEFAULT_USER && actor === undefined;
  hide(credentials, 'token', isDefault ? userToken() : userToken(userEntityRef, options));
  return credentials;
}

function serviceCredentials(
  subject: string = DEFAULT_SERVICE,
  accessRestrictions?: BackstagePrincipalAccessRestrictions,
): BackstageCredentials<BackstageServicePrincipal> {
  const principal: BackstageServicePrincipal = { type: 'service', subject };
  if (accessRestrictions) principal.accessRestrictions = accessRestrictions;
  const restrictionsPart = accessRestrictions
    ? `,accessRestrictions=${JSON.stringify(accessRestrictions)}`
    : '';
  return seal(principal, `servicePrincipal{${subject}${restrictionsPart}}`);
}

function userToken(userEntityRef?: string, options?: ActorOption): string {
  if (!userEntityRef) return USER_TOKEN;
  requireUserEntityRef(userEntityRef);
  const actor = options?.actor && { subject: options.actor.subject };
  return formatMockToken('user', { sub: userEntityRef, actor });
}

function limitedUserToken(userEntityRef: string = DEFAULT_USER): string {
  requireUserEntityRef(userEntityRef);
  return formatMockToken('limitedUser', { sub: userEntityRef });
}

function serviceToken(options?: ServiceTokenOptions): string {
  if (!options) return SERVICE_TOKEN;
  const { principal } = options.onBehalfOf as BackstageCredentials<
    BackstageUserPrincipal | BackstageServicePrincipal | BackstageNonePrincipal
  >;
  return formatMockToken('service', {
    sub: principal.type === 'service' ? principal.subject : undefined,
    obo: principal.type === 'user' ? principal.userEntityRef : undefined,
    target: options.targetPluginId,
  });
}

function requireUserEntityRef(ref: string): void {
  if (!isUserEntityRef(ref)) throw new TypeError(userEntityRefMessage(ref));
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
): BackstageCredentials<TPrincipal> {
  const credentials: BackstageCredentials<TPrincipal> & { version: 'v1' } = {
    $$type: '@backstage/BackstageCredentials',
    version: 'v1',
    principal,
  };
  hide(credentials, 'toString', () => `mockCredentials{${printed}}`);
  return credentials;
}

function hide(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true });
}
