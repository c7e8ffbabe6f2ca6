import type {
  AccessRestrictionsMap,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
  Clock,
} from '@stagepass/auth-node';
import {
  createAuthError,
  createServicePrincipal,
  createUserPrincipal,
  type MeasuredTokenKind,
  quote,
} from '@stagepass/auth-node/internal';
import type { MemoryBudget } from './memory/MemoryBudget';
import { copyToken, TokenMemory } from './memory/TokenMemory';
import { confirm, type Evidence, isStanding } from './tokens/Evidence';
import type { ExternalAccess } from './tokens/external/ExternalAccess';
import { MAX_TOKEN_LENGTH, type ParsedToken, type UnverifiedJws } from './tokens/parseCompact';
import type { PluginTokenRoom } from './tokens/plugin/decoratePluginTokens';
import type { PluginTokenProof } from './tokens/plugin/PluginTokenProof';
import { tokenKindOf } from './tokens/tokenKind';
import type { UserTokenProof, UserTokens } from './tokens/user/UserTokens';

/** That a service is calling. */
interface ServiceProof {
  readonly type: 'service';
  /** Without restrictions. */
  readonly principal: BackstageServicePrincipal;
  /** In milliseconds since the epoch; absent where the token does not expire, or nobody says when. */
  readonly expiresAt?: number | undefined;
  /** What it may do in which plugin, if that is restricted; not to be handed out. */
  readonly allAccessRestrictions?: AccessRestrictionsMap | undefined;
}

/** That a user is calling, or a service on behalf of the user. */
interface UserProof {
  readonly type: 'user';
  readonly principal: BackstageUserPrincipal;
  /** The user token, or the limited one, that is proved. */
  readonly token: string;
  /** In milliseconds since the epoch. */
  readonly expiresAt: number;
  /** It is the limited form, presented by itself. */
  readonly limited: boolean;
}

/** What a token proves about who is calling. What that allows is decided for each call. */
export type CallerProof = (ServiceProof | UserProof) & { readonly tokenKind: MeasuredTokenKind };

interface Remembered {
  readonly proof: CallerProof;
  readonly evidence: readonly Evidence[];
}

/**
 * What the tokens that are presented to one plugin prove. It finds out of which kind a token is and lets that kind's
 * room verify it; what was proved once is remembered for the exact token, as long as its keys stay published and it
 * does not expire.
 */
export class VerifiedTokens {
  readonly #pluginTokens: PluginTokenRoom;
  readonly #userTokens: UserTokens;
  readonly #externalAccess: ExternalAccess;
  readonly #clock: Clock;
  readonly #callers: TokenMemory<Remembered>;
  /** The users on whose behalf others call: each call has a token of its own, with the same user's in it. */
  readonly #users: TokenMemory<Omit<UserTokenProof, 'claims'>>;

  constructor(options: {
    pluginTokens: PluginTokenRoom;
    userTokens: UserTokens;
    externalAccess: ExternalAccess;
    clock: Clock;
    memory: MemoryBudget;
  }) {
    this.#pluginTokens = options.pluginTokens;
    this.#userTokens = options.userTokens;
    this.#externalAccess = options.externalAccess;
    this.#clock = options.clock;
    this.#callers = new TokenMemory(options.memory);
    this.#users = new TokenMemory(options.memory);
  }

  /** Returns what a token has proved before, if that still holds and nobody has to be asked. */
  recall(token: string): CallerProof | undefined {
    const isToken = typeof token === 'string' && token.length <= MAX_TOKEN_LENGTH;
    const known = isToken ? this.#callers.recall(token) : undefined;
    return known && isStanding(known.evidence, this.#now()) ? known.proof : undefined;
  }

  /**
   * Verifies a token.
   *
   * @param parsed - the same token
   */
  async verify(token: string, parsed: ParsedToken): Promise<CallerProof> {
    const known = parsed.jws ? this.#callers.recall(token) : undefined;
    if (known) {
      if (await confirm(known.evidence, this.#now())) return known.proof;
      this.#callers.forget(token, known);
    }
    const { proof, evidence } = await this.#prove(token, parsed);
    // Who decorates plugin tokens sees each token that is presented.
    if (evidence.length > 0 && !this.#pluginTokens.isDecorated) {
      this.#callers.remember(token, { proof, evidence }, { valueBytes: bytesOf(proof) });
    }
    return proof;
  }

  async #prove(token: string, parsed: ParsedToken): Promise<Remembered> {
    const { jws } = parsed;
    const tokenKind = tokenKindOf(jws);
    const plugin = await this.#pluginTokens.verify(token, jws);
    if (plugin) return this.#provePlugin(plugin, tokenKind);
    if (jws && this.#userTokens.recognises(jws)) {
      const { userEntityRef, expiresAt, limited, evidence } = await this.#userTokens.verify(jws);
      const principal = createUserPrincipal(userEntityRef);
      const user = { principal, token: copyToken(token), expiresAt: expiresAt.getTime(), limited };
      return { proof: { type: 'user', ...user, tokenKind }, evidence: [evidence] };
    }
    const { evidence, ...service } = await this.#proveExternal(token, jws, parsed);
    return { proof: toServiceProof(service, tokenKind), evidence: evidence ? [evidence] : [] };
  }

  async #provePlugin(plugin: PluginTokenProof, tokenKind: MeasuredTokenKind): Promise<Remembered> {
    const { subject, limitedUserToken, evidence } = plugin;
    const own = evidence ? [evidence] : [];
    if (limitedUserToken === undefined) {
      return { proof: toServiceProof(plugin, tokenKind), evidence: own };
    }
    const user = await this.#proveUser(limitedUserToken);
    const proof = {
      type: 'user' as const,
      principal: createUserPrincipal(user.userEntityRef, subject),
      token: limitedUserToken,
      expiresAt: user.expiresAt.getTime(),
      limited: false,
      tokenKind,
    };
    return { proof, evidence: evidence ? [evidence, user.evidence] : [] };
  }

  async #proveUser(limitedUserToken: string): Promise<Omit<UserTokenProof, 'claims'>> {
    const known = this.#users.recall(limitedUserToken);
    if (known) {
      if (await confirm([known.evidence], this.#now())) return known;
      this.#users.forget(limitedUserToken, known);
    }
    const { claims: _, ...proof } = await this.#userTokens.verifyToken(limitedUserToken, 'limited');
    this.#users.remember(limitedUserToken, proof, { valueBytes: proof.userEntityRef.length });
    return proof;
  }

  async #proveExternal(token: string, jws: UnverifiedJws | undefined, { malformed }: ParsedToken) {
    // What is too long for a token is not worth a digest either, and no handler is bothered with it.
    const isToken = typeof token === 'string' && token !== '' && token.length <= MAX_TOKEN_LENGTH;
    const proof = isToken ? await this.#externalAccess.verify(token, jws) : undefined;
    if (proof) return proof;
    if (!jws) throw malformed?.();
    throw createAuthError(
      'AUTH_TOKEN_TYPE_UNKNOWN',
      `expected the typ of a plugin or user token, or a token that an entry of backend.auth.externalAccess accepts; found typ ${quote(jws.header.typ ?? null)}, alg ${quote(jws.header.alg)}, kid ${quote(jws.header.kid ?? null)}`,
    );
  }

  #now(): number {
    return this.#clock.now() / 1000;
  }
}

function toServiceProof(
  service: { subject: string; expiresAt?: Date; allAccessRestrictions?: AccessRestrictionsMap },
  tokenKind: MeasuredTokenKind,
): CallerProof {
  const { subject, expiresAt, allAccessRestrictions } = service;
  return {
    type: 'service',
    principal: createServicePrincipal(subject),
    expiresAt: expiresAt?.getTime(),
    allAccessRestrictions,
    tokenKind,
  };
}

/** How large the texts of a proof are, beside the presented token, in bytes. */
function bytesOf(proof: CallerProof): number {
  if (proof.type === 'user') return proof.token.length + proof.principal.userEntityRef.length;
  // Each character can take two, and the map is larger than its text.
  const restrictions = proof.allAccessRestrictions;
  return (
    proof.principal.subject.length +
    (restrictions ? 8 * JSON.stringify([...restrictions]).length : 0)
  );
}
