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
  type AuthRecorder,
  createAuthError,
  createNoneCredentials,
  createServiceCredentials,
  createUserCredentials,
  type CredentialsView,
  printable,
  quote,
  viewCredentials,
} from '@stagepass/auth-node/internal';
import { requireDelegable, type RestrictedDelegation } from './delegation';
import type { KeySource } from './keys/KeySource';
import type { ExternalAccess } from './tokens/external/ExternalAccess';
import { deriveLimitedUserToken } from './tokens/limitedUser/limitedUserToken';
import { MAX_TOKEN_LENGTH, parseCompact, type UnverifiedJws } from './tokens/parseCompact';
import { isPluginId } from './tokens/plugin/pluginId';
import type { PluginTokenRoom } from './tokens/plugin/decoratePluginTokens';
import { tokenKindOf } from './tokens/tokenKind';
import type { UserTokens } from './tokens/user/UserTokens';

/**
 * The auth service of one plugin. It finds out of which kind a token is, lets that kind's room verify or
 * issue it, and makes the credentials; it knows neither cryptography nor configuration.
 */
export class DefaultAuthService implements AuthService {
  readonly #options: {
    readonly pluginId: string;
    readonly pluginTokens: PluginTokenRoom;
    readonly userTokens: UserTokens;
    readonly externalAccess: ExternalAccess;
    readonly keySource: KeySource;
    readonly defaultPolicyDisabled: boolean;
    readonly storedServiceCredentials: boolean;
    readonly restrictedDelegation: RestrictedDelegation;
    readonly clock: Clock;
    readonly recorder: AuthRecorder;
  };

  /** By the credentials that a request proved, the name of the request: what is refused to them is part of it. */
  readonly #correlationIds = new WeakMap<BackstageCredentials, string>();

  constructor(options: {
    pluginId: string;
    pluginTokens: PluginTokenRoom;
    userTokens: UserTokens;
    externalAccess: ExternalAccess;
    keySource: KeySource;
    defaultPolicyDisabled: boolean;
    storedServiceCredentials: boolean;
    restrictedDelegation: RestrictedDelegation;
    clock: Clock;
    recorder: AuthRecorder;
  }) {
    this.#options = options;
  }

  async authenticate(
    token: string,
    options?: { allowLimitedAccess?: boolean; correlationId?: string },
  ): Promise<BackstageCredentials> {
    const { recorder, clock } = this.#options;
    const correlationId = options?.correlationId;
    const work = { operation: 'verification', since: clock.monotonic() } as const;
    const parsed = parse(token);
    const circumstances = { correlationId, tokenKind: tokenKindOf(parsed.jws), work };
    try {
      const credentials = await this.#verify(token, parsed, options?.allowLimitedAccess === true);
      if (correlationId !== undefined) this.#correlationIds.set(credentials, correlationId);
      recorder.verified(credentials.principal, circumstances);
      return credentials;
    } catch (error) {
      throw recorder.refused(error, circumstances);
    }
  }

  isPrincipal<TType extends keyof BackstagePrincipalTypes>(
    credentials: BackstageCredentials,
    type: TType,
  ): credentials is BackstageCredentials<BackstagePrincipalTypes[TType]> {
    return isPrincipal(credentials, type);
  }

  getNoneCredentials(): Promise<BackstageCredentials<BackstageNonePrincipal>> {
    return Promise.resolve(createNoneCredentials());
  }

  getOwnServiceCredentials(): Promise<BackstageCredentials<BackstageServicePrincipal>> {
    return Promise.resolve(
      createServiceCredentials({ subject: `plugin:${this.#options.pluginId}` }),
    );
  }

  async getPluginRequestToken(options: {
    onBehalfOf: BackstageCredentials;
    targetPluginId: string;
  }): Promise<{ token: string }> {
    const { onBehalfOf, targetPluginId } = options;
    const { recorder, clock } = this.#options;
    if (!isPluginId(targetPluginId)) {
      throw new InputError(
        `Invalid targetPluginId, expected letters, digits, '-' and '_', found ${quote(targetPluginId)}`,
      );
    }
    const work = { operation: 'issue', since: clock.monotonic() } as const;
    const circumstances = { correlationId: this.#correlationIds.get(onBehalfOf), work };
    try {
      const view = viewCredentials(onBehalfOf);
      const token = await this.#issue(view, targetPluginId);
      if (token === '') return { token };
      // What comes out of JSON has no printed form of its own.
      const principal = view.revived ? quote(view.principal) : String(view.principal);
      const type = this.#isOwn(view) ? 'issued' : 'delegated';
      recorder.issued(principal, { type, targetPluginId }, circumstances);
      return { token };
    } catch (error) {
      throw recorder.refused(error, circumstances);
    }
  }

  async getLimitedUserToken(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<{ token: string; expiresAt: Date }> {
    try {
      return await this.#limit(viewCredentials(credentials));
    } catch (error) {
      const correlationId = this.#correlationIds.get(credentials);
      throw this.#options.recorder.refused(error, { correlationId });
    }
  }

  async listPublicServiceKeys(): Promise<{ keys: JsonObject[] }> {
    return { keys: await this.#options.keySource.listPublicKeys() };
  }

  async #verify(
    token: string,
    { jws, malformed }: ReturnType<typeof parse>,
    allowLimitedAccess: boolean,
  ): Promise<BackstageCredentials> {
    const { pluginTokens, userTokens } = this.#options;
    const plugin = await pluginTokens.verify(token, jws);
    if (plugin) {
      const { subject, limitedUserToken } = plugin;
      if (limitedUserToken === undefined) return createServiceCredentials(plugin);
      const user = await userTokens.verifyToken(limitedUserToken, 'limited');
      return createUserCredentials({ ...user, token: limitedUserToken, actor: subject });
    }
    if (jws && userTokens.recognises(jws)) {
      const user = await userTokens.verify(jws);
      if (user.limited && !allowLimitedAccess) {
        throw createAuthError(
          'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
          'a limited user token, as in the cookie, is not accepted here; send the user token, or allow limited access',
        );
      }
      return createUserCredentials({ ...user, token });
    }
    return this.#verifyExternal(token, jws, malformed);
  }

  async #verifyExternal(token: string, jws: UnverifiedJws | undefined, malformed: unknown) {
    // What is too long for a token is not worth a digest either, and no handler is bothered with it.
    const isToken = typeof token === 'string' && token !== '' && token.length <= MAX_TOKEN_LENGTH;
    const proof = isToken ? await this.#options.externalAccess.verify(token, jws) : undefined;
    if (proof) return createServiceCredentials(proof);
    if (!jws) throw malformed;
    throw createAuthError(
      'AUTH_TOKEN_TYPE_UNKNOWN',
      `expected the typ of a plugin or user token, or a token that an entry of backend.auth.externalAccess accepts; found typ ${quote(jws.header.typ ?? null)}, alg ${quote(jws.header.alg)}, kid ${quote(jws.header.kid ?? null)}`,
    );
  }

  async #issue(credentials: CredentialsView, targetPluginId: string): Promise<string> {
    const { pluginTokens, defaultPolicyDisabled } = this.#options;
    const { principal } = credentials;
    if (principal.type === 'none' && defaultPolicyDisabled) return '';
    if (principal.type === 'user') {
      return pluginTokens.issue({ targetPluginId, onBehalfOf: await this.#limit(credentials) });
    }
    if (principal.type !== 'service') {
      throw createAuthError(
        'AUTH_CREDENTIALS_MISSING',
        `no token can be issued on behalf of a ${quote(principal.type)} principal; pass the credentials of a user or a service`,
        {
          message: `Refused to issue service token for credential type '${printable(principal.type, 50)}'`,
        },
      );
    }
    const { storedServiceCredentials: storedAccepted, restrictedDelegation } = this.#options;
    const accessRestrictions = requireDelegable(credentials, targetPluginId, {
      storedAccepted,
      restrictedDelegation,
    });
    return pluginTokens.issue({ targetPluginId, accessRestrictions });
  }

  async #limit(credentials: CredentialsView): Promise<{ token: string; expiresAt: Date }> {
    const { userTokens, clock } = this.#options;
    const { principal, token, revived } = credentials;
    if (principal.type !== 'user' || token === undefined) {
      throw createAuthError(
        'AUTH_CREDENTIALS_MISSING',
        `expected the credentials of a user with their token, found those of a ${quote(principal.type)} principal${token === undefined ? ' without a token' : ''}`,
        {
          message:
            principal.type === 'user'
              ? 'User credentials is unexpectedly missing token'
              : `Refused to issue limited user token for credential type '${printable(principal.type, 50)}'`,
        },
      );
    }
    if (revived) {
      const { userEntityRef } = await userTokens.verifyToken(token, 'user');
      if (!('userEntityRef' in principal) || principal.userEntityRef !== userEntityRef) {
        throw createAuthError(
          'AUTH_CLAIM_INVALID',
          `the stored credentials name another user than their token, which is ${quote(userEntityRef)}'s; store credentials unchanged`,
        );
      }
    }
    return deriveLimitedUserToken(token, clock.now() / 1000);
  }

  /** Tells whether credentials are the plugin's own, and not those of somebody for whom it calls. */
  #isOwn({ principal }: CredentialsView): boolean {
    const isMine =
      'subject' in principal && principal.subject === `plugin:${this.#options.pluginId}`;
    // With restrictions it calls for the caller who has them, also where it has called itself.
    return isMine && principal.accessRestrictions === undefined;
  }
}

/** Parses a token; one that is no JWS may still be an external caller's. */
function parse(token: string): { jws?: UnverifiedJws; malformed?: unknown } {
  try {
    return { jws: parseCompact(token) };
  } catch (malformed) {
    return { malformed };
  }
}
