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
import { createAuthError, quote, systemClock } from '@stagepass/auth-node/internal';
import { mockCredentials } from './mockCredentials';
import {
  INVALID_LIMITED_USER_TOKEN,
  INVALID_SERVICE_TOKEN,
  INVALID_USER_TOKEN,
  isUserEntityRef,
  mockTokenKind,
  parseMockToken,
  SERVICE_TOKEN,
  USER_TOKEN,
  userEntityRefMessage,
} from './mockTokens';

/** How long mock tokens are said to be good, in milliseconds; nothing ever refuses them for their age. */
const TOKEN_LIFETIME = 3_600_000;

const invalidTokens: ReadonlyMap<string, string> = new Map([
  [INVALID_USER_TOKEN, 'User token is invalid'],
  [INVALID_LIMITED_USER_TOKEN, 'Limited user token is invalid'],
  [INVALID_SERVICE_TOKEN, 'Service token is invalid'],
]);

/** Options of the mock auth service, see `mockServices.auth`. */
export interface MockAuthOptions {
  pluginId?: string;
  disableDefaultAuthPolicy?: boolean;
  clock?: Clock;
}

/** An auth service whose tokens are readable text: it keeps the rules of the real one, without keys. */
export class MockAuthService implements AuthService {
  readonly #pluginId: string;
  readonly #defaultPolicyDisabled: boolean;
  readonly #clock: Clock;

  constructor(options: MockAuthOptions = {}) {
    this.#pluginId = options.pluginId ?? 'test';
    this.#defaultPolicyDisabled = Boolean(options.disableDefaultAuthPolicy);
    this.#clock = options.clock ?? systemClock;
  }

  async authenticate(
    token: string,
    options?: { allowLimitedAccess?: boolean },
  ): Promise<BackstageCredentials> {
    if (token === USER_TOKEN) return mockCredentials.user();
    if (token === SERVICE_TOKEN) return mockCredentials.service();
    const invalid = invalidTokens.get(token);
    if (invalid !== undefined) {
      throw createAuthError(
        'AUTH_SIGNATURE_INVALID',
        'the mock token stands for one that is forged',
        {
          message: invalid,
        },
      );
    }
    if (typeof token !== 'string' || token === '') {
      throw createAuthError(
        'AUTH_TOKEN_MALFORMED',
        `expected a token, found ${token === '' ? 'an empty one' : `a ${typeof token}`}`,
        {
          message: token === '' ? 'Token is empty' : 'Token is not a string',
        },
      );
    }
    return this.#readToken(token, options?.allowLimitedAccess === true);
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
    if (isPrincipal(onBehalfOf, 'none') && this.#defaultPolicyDisabled) return { token: '' };
    if (!isPrincipal(onBehalfOf, 'user') && !isPrincipal(onBehalfOf, 'service')) {
      throw refusedToIssue('service', onBehalfOf);
    }
    return { token: mockCredentials.service.token({ onBehalfOf, targetPluginId }) };
  }

  async getLimitedUserToken(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<{ token: string; expiresAt: Date }> {
    if (!isPrincipal(credentials, 'user')) throw refusedToIssue('limited user', credentials);
    const { userEntityRef } = credentials.principal;
    if (!isUserEntityRef(userEntityRef)) {
      throw createAuthError(
        'AUTH_CLAIM_INVALID',
        `the credentials name the user ${quote(userEntityRef)}; make them with mockCredentials.user`,
        { message: userEntityRefMessage(userEntityRef) },
      );
    }
    return {
      token: mockCredentials.limitedUser.token(userEntityRef),
      expiresAt: new Date(this.#clock.now() + TOKEN_LIFETIME),
    };
  }

  /** Throws at once, as Backstage's mock does: there are no keys. */
  listPublicServiceKeys(): Promise<{ keys: JsonObject[] }> {
    throw new Error('Not implemented');
  }

  #readToken(token: string, allowLimitedAccess: boolean): BackstageCredentials {
    const kind = mockTokenKind(token);
    if (!kind) {
      throw createAuthError(
        'AUTH_TOKEN_TYPE_UNKNOWN',
        `expected a token made by mockCredentials.user, .limitedUser or .service, found ${quote(token)}`,
        { message: `Unknown mock token '${token}'` },
      );
    }
    if (kind === 'limitedUser' && !allowLimitedAccess) {
      throw createAuthError(
        'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
        'a limited user token is not accepted here; send a user token, or allow limited access',
        { message: 'Limited user token is not allowed' },
      );
    }
    const { sub, actor, obo, target } = parseMockToken(kind, token);
    if (kind !== 'service') return mockCredentials.user(sub, { actor });
    if (target !== undefined && target !== this.#pluginId) {
      throw createAuthError(
        'AUTH_AUDIENCE_MISMATCH',
        `the mock token is for the plugin ${quote(target)}, this service is of ${quote(this.#pluginId)}`,
        {
          message: `Invalid mock token target plugin ID, got '${target}' but expected '${this.#pluginId}'`,
        },
      );
    }
    return obo === undefined ? mockCredentials.service(sub) : mockCredentials.user(obo);
  }
}

function refusedToIssue(what: string, credentials: BackstageCredentials): Error {
  const principal = credentials.principal as { type?: unknown } | undefined;
  return createAuthError(
    'AUTH_CREDENTIALS_MISSING',
    `no ${what} token can be issued on behalf of a ${quote(principal?.type)} principal`,
    {
      message: `Refused to issue ${what} token for credential type '${String(principal?.type)}'`,
    },
  );
}
