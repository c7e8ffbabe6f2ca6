import { InputError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import {
  type AuthService,
  type BackstageCredentials,
  type BackstageNonePrincipal,
  type BackstagePrincipalTypes,
  type BackstageServicePrincipal,
  type BackstageUserPrincipal,
  isPrincipal,
} from '@stagepass/auth-node';
import {
  type AuthRecorder,
  createAuthError,
  createCredentialsOfService,
  createCredentialsOfUser,
  createNoneCredentials,
  createServicePrincipal,
  type CredentialsOrigin,
  type CredentialsView,
  declareAtOnce,
  isPending,
  type MeasuredTokenKind,
  quote,
  viewCredentials,
  type Work,
} from '@stagepass/auth-node/internal';
import type { CallTokens } from './CallTokens';
import type { KeySource } from './keys/KeySource';
import { copyAccessRestrictions, restrictTo } from './tokens/accessRestrictions';
import { parseToken } from './tokens/parseCompact';
import { isPluginId } from './tokens/plugin/pluginId';
import { whyRestricted } from './tokens/plugin/PluginTokens';
import { tokenKindOf } from './tokens/tokenKind';
import type { CallerProof, VerifiedTokens } from './VerifiedTokens';

/** With what a token is presented. */
interface Presented {
  readonly allowLimitedAccess?: boolean;
  /** Read when something is recorded, and no sooner. */
  readonly correlationId?: string;
}

/** A token that is being verified, as far as it is recorded. */
interface Attempt {
  readonly options: Presented | undefined;
  readonly tokenKind: MeasuredTokenKind;
  readonly work: Work | undefined;
}

/**
 * The auth service of one plugin. What a token proves, and which token a call takes, is found out elsewhere; here it
 * is decided for each call what that allows, and recorded.
 */
export class DefaultAuthService implements AuthService {
  readonly #options: {
    readonly pluginId: string;
    readonly verifiedTokens: VerifiedTokens;
    readonly callTokens: CallTokens;
    readonly keySource: KeySource;
    readonly recorder: AuthRecorder;
  };
  readonly #ownPrincipal: BackstageServicePrincipal;

  constructor(options: {
    pluginId: string;
    verifiedTokens: VerifiedTokens;
    callTokens: CallTokens;
    keySource: KeySource;
    recorder: AuthRecorder;
  }) {
    this.#options = options;
    this.#ownPrincipal = createServicePrincipal(`plugin:${options.pluginId}`);
  }

  async authenticate(token: string, options?: Presented): Promise<BackstageCredentials> {
    return this.#authenticate(token, options);
  }

  #authenticate(
    token: string,
    options?: Presented,
  ): BackstageCredentials | Promise<BackstageCredentials> {
    const { verifiedTokens, recorder } = this.#options;
    const work = recorder.begin('verification');
    const remembered = verifiedTokens.recall(token);
    const known =
      remembered && verifiedTokens.isStanding(remembered) ? remembered.proof : undefined;
    const parsed = known ? {} : parseToken(token);
    const tokenKind = known ? known.tokenKind : tokenKindOf(parsed.jws);
    const attempt = { options, tokenKind, work };
    try {
      const proving = known ?? verifiedTokens.verify(token, parsed, remembered);
      return isPending(proving)
        ? this.#acceptLater(proving, attempt)
        : this.#accept(proving, attempt);
    } catch (error) {
      throw this.#refused(error, attempt);
    }
  }

  async #acceptLater(
    proving: Promise<CallerProof>,
    attempt: Attempt,
  ): Promise<BackstageCredentials> {
    try {
      return this.#accept(await proving, attempt);
    } catch (error) {
      throw this.#refused(error, attempt);
    }
  }

  #accept(proof: CallerProof, { options, tokenKind, work }: Attempt): BackstageCredentials {
    const { recorder } = this.#options;
    const credentials = this.#admit(proof, options?.allowLimitedAccess === true, options);
    if (recorder.isHeard) {
      const correlationId = options?.correlationId;
      recorder.verified(credentials.principal, { correlationId, tokenKind, work });
    }
    return credentials;
  }

  #refused(error: unknown, { options, tokenKind, work }: Attempt): unknown {
    const correlationId = options?.correlationId;
    return this.#options.recorder.refused(error, { correlationId, tokenKind, work });
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
    return Promise.resolve(createCredentialsOfService(this.#ownPrincipal, {}));
  }

  async getPluginRequestToken(options: {
    onBehalfOf: BackstageCredentials;
    targetPluginId: string;
  }): Promise<{ token: string }> {
    const { onBehalfOf, targetPluginId } = options;
    const { callTokens, recorder } = this.#options;
    const work = recorder.begin('issue');
    let origin: CredentialsOrigin | undefined;
    try {
      const view = viewCredentials(onBehalfOf);
      origin = view.origin;
      const known = callTokens.recall(view, targetPluginId);
      if (known === undefined) requirePluginId(targetPluginId);
      const issued = known ?? callTokens.issue(view, targetPluginId);
      const token = typeof issued === 'string' ? issued : await issued;
      if (recorder.isHeard && token !== '') this.#recordIssue(view, targetPluginId, work);
      return { token };
    } catch (error) {
      throw recorder.refused(error, { correlationId: origin?.correlationId, work });
    }
  }

  async getLimitedUserToken(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<{ token: string; expiresAt: Date }> {
    let origin: CredentialsOrigin | undefined;
    try {
      const view = viewCredentials(credentials);
      origin = view.origin;
      return await this.#options.callTokens.limit(view);
    } catch (error) {
      throw this.#options.recorder.refused(error, { correlationId: origin?.correlationId });
    }
  }

  async listPublicServiceKeys(): Promise<{ keys: JsonObject[] }> {
    return { keys: await this.#options.keySource.listKeysForAnybody() };
  }

  /** Makes the credentials of a caller, as far as they are accepted here. */
  #admit(
    proof: CallerProof,
    allowLimitedAccess: boolean,
    origin: CredentialsOrigin | undefined,
  ): BackstageCredentials {
    if (proof.type === 'user') {
      if (proof.limited && !allowLimitedAccess) {
        throw createAuthError(
          'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
          'a limited user token, as in the cookie, is not accepted here; send the user token, or allow limited access',
        );
      }
      const { principal, token, limitedForm, expiresAt } = proof;
      return createCredentialsOfUser(
        principal,
        { token, limitedForm, origin },
        new Date(expiresAt),
      );
    }
    const { pluginId } = this.#options;
    const { principal, expiresAt: tokenExpiresAt } = proof;
    if (!proof.allAccessRestrictions) {
      return createCredentialsOfService(principal, { tokenExpiresAt, origin });
    }
    const { subject } = principal;
    // Copied, since who holds credentials can write into them.
    const { accessRestrictions, allAccessRestrictions } = restrictTo(
      pluginId,
      copyAccessRestrictions(proof.allAccessRestrictions),
      whyRestricted(subject, pluginId),
    );
    return createCredentialsOfService(createServicePrincipal(subject, accessRestrictions), {
      tokenExpiresAt,
      allAccessRestrictions,
      origin,
    });
  }

  #recordIssue(view: CredentialsView, targetPluginId: string, work: Work | undefined): void {
    // What comes out of JSON has no printed form of its own.
    const principal = view.revived ? quote(view.principal) : String(view.principal);
    const type = this.#isOwn(view) ? 'issued' : 'delegated';
    const { origin } = view;
    this.#options.recorder.issued(
      principal,
      { type, targetPluginId },
      { correlationId: origin?.correlationId, work },
    );
  }

  /** Tells whether credentials are the plugin's own, and not those of somebody for whom it calls. */
  #isOwn({ principal }: CredentialsView): boolean {
    const isMine = 'subject' in principal && principal.subject === this.#ownPrincipal.subject;
    // With restrictions it calls for the caller who has them, also where it has called itself.
    return isMine && principal.accessRestrictions === undefined;
  }

  static {
    declareAtOnce(this.prototype.authenticate, function (this: DefaultAuthService, ...presented) {
      return this.#authenticate(...presented);
    });
  }
}

function requirePluginId(targetPluginId: unknown): void {
  if (isPluginId(targetPluginId)) return;
  throw new InputError(
    `Invalid targetPluginId, expected letters, digits, '-' and '_', found ${quote(targetPluginId)}`,
  );
}
