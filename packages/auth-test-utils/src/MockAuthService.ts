import { InputError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import {
  type AuthService,
  type BackstageCredentials,
  type BackstageNonePrincipal,
  type BackstagePrincipalTypes,
  type BackstageServicePrincipal,
  type BackstageUserPrincipal,
  type Clock,
  isPrincipal,
} from '@stagepass/auth-node';
import {
  createAuthError,
  type CredentialsView,
  quote,
  viewCredentials,
} from '@stagepass/auth-node/internal';
import { mockCredentials } from './mockCredentials';
import { MockLifetimes } from './MockLifetimes';
import { namedRestrictions, requireDelegable, restrictionsFor } from './mockRestrictions';
import { isUserEntityRef, type MockTokenClaims, userEntityRefMessage } from './mockTokens';
import { proveMockUser } from './mockUser';
import { readMockToken } from './readMockToken';

/** Options of the mock auth service, see `mockServices.auth`. */
export interface MockAuthOptions {
  pluginId?: string;
  disableDefaultAuthPolicy?: boolean;
  dangerouslyAllowStoredServiceCredentials?: boolean;
  clock?: Clock;
}

/** An auth service whose tokens are readable text: it keeps the rules of the real one, without keys. */
export class MockAuthService implements AuthService {
  readonly #pluginId: string;
  readonly #defaultPolicyDisabled: boolean;
  readonly #storedServiceCredentials: boolean;
  readonly #lifetimes: MockLifetimes;

  constructor(options: MockAuthOptions = {}) {
    this.#pluginId = options.pluginId ?? 'test';
    this.#defaultPolicyDisabled = Boolean(options.disableDefaultAuthPolicy);
    this.#storedServiceCredentials = options.dangerouslyAllowStoredServiceCredentials === true;
    this.#lifetimes = new MockLifetimes(options.clock);
  }

  async authenticate(
    token: string,
    options?: { allowLimitedAccess?: boolean },
  ): Promise<BackstageCredentials> {
    const { kind, claims } = readMockToken(token);
    const expiresAt = this.#lifetimes.endOf(claims.exp);
    if (kind === 'service') return this.#service(claims, expiresAt);
    const isLimited = kind === 'limitedUser';
    this.#lifetimes.require(expiresAt, isLimited ? 'limited user token' : 'user token');
    if (isLimited && options?.allowLimitedAccess !== true) {
      throw createAuthError(
        'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
        'a limited user token is not accepted here; send a user token, or allow limited access',
        { message: 'Limited user token is not allowed' },
      );
    }
    const { sub, actor } = claims;
    const credentials = mockCredentials.user(sub, { actor, expiresAt });
    // The limited form of a limited token is that very token.
    if (isLimited && expiresAt) Object.defineProperty(credentials, 'token', { value: token });
    return credentials;
  }

  isPrincipal<TType extends keyof BackstagePrincipalTypes>(
    credentials: BackstageCredentials,
    type: TType,
  ): credentials is BackstageCredentials<BackstagePrincipalTypes[TType]> {
    return isPrincipal(credentials, type);
  }

  async getNoneCredentials(): Promise<BackstageCredentials<BackstageNonePrincipal>> {
    return mockCredentials.none();
  }

  async getOwnServiceCredentials(): Promise<BackstageCredentials<BackstageServicePrincipal>> {
    return mockCredentials.service(`plugin:${this.#pluginId}`);
  }

  async getPluginRequestToken(options: {
    onBehalfOf: BackstageCredentials;
    targetPluginId: string;
  }): Promise<{ token: string }> {
    const { onBehalfOf, targetPluginId } = options;
    if (typeof targetPluginId !== 'string' || !/^[A-Za-z0-9_-]+$/.test(targetPluginId)) {
      throw new InputError(
        `Invalid targetPluginId, expected letters, digits, '-' and '_', found ${quote(targetPluginId)}`,
      );
    }
    const view = viewCredentials(onBehalfOf);
    const { type } = view.principal;
    if (type === 'none' && this.#defaultPolicyDisabled) return { token: '' };
    if (type !== 'user' && type !== 'service') throw refusedToIssue('service', type);
    if (type === 'service') requireDelegable(view, targetPluginId, this.#storedServiceCredentials);
    const origin = type === 'user' ? this.#user(view).end : undefined;
    const expiresAt = this.#lifetimes.endOfIssued(origin);
    return { token: mockCredentials.service.token({ onBehalfOf, targetPluginId, expiresAt }) };
  }

  async getLimitedUserToken(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<{ token: string; expiresAt: Date }> {
    const view = viewCredentials(credentials);
    if (view.principal.type !== 'user') throw refusedToIssue('limited user', view.principal.type);
    const { userEntityRef, limitedToken, end } = this.#user(view);
    return {
      token: limitedToken || mockCredentials.limitedUser.token(userEntityRef, { expiresAt: end }),
      expiresAt: this.#lifetimes.toldEnd(end),
    };
  }

  /** Throws at once, as Backstage's mock does: there are no keys. */
  listPublicServiceKeys(): Promise<{ keys: JsonObject[] }> {
    throw new Error('Not implemented');
  }

  #service(claims: MockTokenClaims, expiresAt: Date | undefined): BackstageCredentials {
    const { sub, obo, target, restrictions } = claims;
    this.#lifetimes.require(expiresAt, 'service token');
    if (target !== undefined && target !== this.#pluginId) {
      throw createAuthError(
        'AUTH_AUDIENCE_MISMATCH',
        `the mock token is for the plugin ${quote(target)}, this service is of ${quote(this.#pluginId)}`,
        {
          message: `Invalid mock token target plugin ID, got '${target}' but expected '${this.#pluginId}'`,
        },
      );
    }
    if (obo !== undefined) return mockCredentials.user(obo, { expiresAt });
    if (!restrictions) return mockCredentials.service(sub);
    const own = restrictionsFor(restrictions, this.#pluginId);
    if (own) return mockCredentials.service(sub, own, namedRestrictions(restrictions));
    throw createAuthError(
      'AUTH_ACCESS_RESTRICTED',
      `the access restrictions of ${quote(sub)} name the plugins ${quote(Object.keys(restrictions))}, this service is of ${quote(this.#pluginId)}`,
    );
  }

  /** Says whose the credentials are, until when, and what their token is if it is limited. */
  #user(view: CredentialsView) {
    const proof = proveMockUser(view);
    const { userEntityRef } = view.principal as { userEntityRef?: unknown };
    if (!isUserEntityRef(userEntityRef)) {
      throw createAuthError(
        'AUTH_CLAIM_INVALID',
        `the credentials name the user ${quote(userEntityRef)}; make them with mockCredentials.user`,
        { message: userEntityRefMessage(userEntityRef) },
      );
    }
    const end = this.#lifetimes.endOf(proof?.exp);
    this.#lifetimes.require(end, 'token in the credentials');
    return { userEntityRef, end, limitedToken: proof?.kind === 'limitedUser' && view.token };
  }
}

function refusedToIssue(what: string, type: string): Error {
  return createAuthError(
    'AUTH_CREDENTIALS_MISSING',
    `no ${what} token can be issued on behalf of a ${quote(type)} principal`,
    { message: `Refused to issue ${what} token for credential type '${type}'` },
  );
}
