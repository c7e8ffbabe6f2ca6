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
  isPending,
  type LimitedForm,
  type MeasuredTokenKind,
  quote,
} from '@stagepass/auth-node/internal';
import type { MemoryBudget } from './memory/MemoryBudget';
import type { Sightings } from './memory/Sightings';
import { copyToken, TokenMemory } from './memory/TokenMemory';
import { confirm, type Evidence, isStanding } from './tokens/Evidence';
import type { ExternalAccess } from './tokens/external/ExternalAccess';
import { MAX_TOKEN_LENGTH, type ParsedToken, type UnverifiedJws } from './tokens/parseCompact';
import type { PluginTokenRoom } from './tokens/plugin/decoratePluginTokens';
import type { PluginTokenProof } from './tokens/plugin/PluginTokenProof';
import { tokenKindOf } from './tokens/tokenKind';
import type { UserTokens } from './tokens/user/UserTokens';
import { type UserCalledFor, UsersCalledFor } from './UsersCalledFor';

/** Of how many services the principals are kept; of any other one is made for each token. */
const MAX_SERVICES = 1_000;

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
  /** What stands for the user in calls to others, where that could be told. */
  readonly limitedForm?: LimitedForm | undefined;
}

/** A service as the room of its token knows it. */
type ProvedService = Pick<
  PluginTokenProof,
  'subject' | 'expiresAt' | 'allAccessRestrictions' | 'evidence'
>;

/** What a token proves about who is calling. What that allows is decided for each call. */
export type CallerProof = (ServiceProof | UserProof) & { readonly tokenKind: MeasuredTokenKind };

/** What was proved, and what that rests on. */
export interface Remembered {
  readonly proof: CallerProof;
  readonly evidence: readonly Evidence[];
}

/**
 * What the tokens that are presented to one plugin prove. It finds out of which kind a token is and lets that kind's
 * room verify it; what was proved is remembered for the exact token, as long as its keys stay published and it does not
 * expire: of a plugin's token from the second time on.
 */
export class VerifiedTokens {
  readonly #pluginTokens: PluginTokenRoom;
  readonly #userTokens: UserTokens;
  readonly #externalAccess: ExternalAccess;
  readonly #clock: Clock;
  readonly #sightings: Sightings;
  readonly #callers: TokenMemory<Remembered>;
  readonly #usersCalledFor: UsersCalledFor;
  /** By their subjects; to make one takes as long as to parse a token. */
  readonly #services = new Map<string, BackstageServicePrincipal>();

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
    this.#sightings = options.memory.sightings;
    this.#callers = new TokenMemory(options.memory);
    this.#usersCalledFor = new UsersCalledFor(options);
  }

  /** Returns what a token has proved before; {@link isStanding} says whether it does still. */
  recall(token: string): Remembered | undefined {
    const isToken = typeof token === 'string' && token.length <= MAX_TOKEN_LENGTH;
    return isToken ? this.#callers.recall(token) : undefined;
  }

  /** Tells whether what was proved still holds, as far as that is known without asking anybody. */
  isStanding({ evidence }: Remembered): boolean {
    return isStanding(evidence, this.#now());
  }

  /**
   * Verifies a token.
   *
   * @param parsed - the same token
   * @param known - what it has proved before; whoever publishes its keys is asked about them
   * @returns what it proves; without a promise where nobody had to be waited for
   */
  verify(
    token: string,
    parsed: ParsedToken,
    known?: Remembered,
  ): CallerProof | Promise<CallerProof> {
    return known ? this.#verifyAgain(token, parsed, known) : this.#prove(token, parsed);
  }

  async #verifyAgain(token: string, parsed: ParsedToken, known: Remembered): Promise<CallerProof> {
    if (await confirm(known.evidence, this.#now())) return known.proof;
    this.#callers.forget(token, known);
    return this.#prove(token, parsed);
  }

  #prove(token: string, parsed: ParsedToken): CallerProof | Promise<CallerProof> {
    const plugin = this.#pluginTokens.verify(token, parsed.jws);
    return isPending(plugin)
      ? plugin.then(proved => this.#proveWith(proved, token, parsed))
      : this.#proveWith(plugin, token, parsed);
  }

  /** @param plugin - what the token proves as a plugin's, if it is one */
  #proveWith(
    plugin: PluginTokenProof | undefined,
    token: string,
    parsed: ParsedToken,
  ): CallerProof | Promise<CallerProof> {
    const tokenKind = tokenKindOf(parsed.jws);
    if (!plugin) return this.#proveOther(token, parsed, tokenKind);
    const { limitedUserToken } = plugin;
    if (limitedUserToken === undefined) return this.#proveService(token, plugin, tokenKind);
    const user = this.#usersCalledFor.find(limitedUserToken);
    return isPending(user)
      ? user.then(proved => this.#proveOnBehalfOf(proved, token, plugin, tokenKind))
      : this.#proveOnBehalfOf(user, token, plugin, tokenKind);
  }

  #proveOnBehalfOf(
    user: UserCalledFor,
    token: string,
    { subject, evidence }: PluginTokenProof,
    tokenKind: MeasuredTokenKind,
  ): CallerProof {
    const actor = this.#principalOf(subject);
    // Mostly the same plugin calls for a user.
    if (user.principal?.actor !== actor) {
      user.principal = createUserPrincipal(user.userEntityRef, actor);
    }
    const proof: CallerProof = {
      type: 'user',
      principal: user.principal,
      token: user.limitedForm.token,
      expiresAt: user.expiresAt.getTime(),
      limited: false,
      limitedForm: user.limitedForm,
      tokenKind,
    };
    return this.#remember(token, proof, evidence && [evidence, user.evidence]);
  }

  async #proveOther(
    token: string,
    parsed: ParsedToken,
    tokenKind: MeasuredTokenKind,
  ): Promise<CallerProof> {
    const { jws } = parsed;
    return jws && this.#userTokens.recognises(jws)
      ? this.#proveUserToken(token, jws, tokenKind)
      : this.#proveService(token, await this.#proveExternal(token, parsed), tokenKind);
  }

  async #proveUserToken(
    presented: string,
    jws: UnverifiedJws,
    tokenKind: MeasuredTokenKind,
  ): Promise<CallerProof> {
    const user = await this.#userTokens.verify(jws);
    const token = copyToken(presented);
    const { userEntityRef, expiresAt, limited, evidence } = user;
    const limitedForm = limited ? token : user.limitedForm;
    const proof: CallerProof = {
      type: 'user',
      principal: createUserPrincipal(userEntityRef),
      token,
      expiresAt: expiresAt.getTime(),
      limited,
      limitedForm:
        limitedForm === undefined ? undefined : { token: limitedForm, times: evidence.times },
      tokenKind,
    };
    return this.#remember(token, proof, [evidence]);
  }

  #proveService(token: string, service: ProvedService, tokenKind: MeasuredTokenKind): CallerProof {
    const { subject, expiresAt, allAccessRestrictions, evidence } = service;
    const proof: CallerProof = {
      type: 'service',
      principal: this.#principalOf(subject),
      expiresAt: expiresAt?.getTime(),
      allAccessRestrictions,
      tokenKind,
    };
    return this.#remember(token, proof, evidence && [evidence]);
  }

  #remember(token: string, proof: CallerProof, evidence?: readonly Evidence[]): CallerProof {
    // Who decorates plugin tokens sees each token that is presented.
    if (!evidence || this.#pluginTokens.isDecorated) return proof;
    // Some plugins make a token for each call: of none of them another call will come.
    if (proof.tokenKind === 'plugin' && !this.#sightings.isRepeated(token)) return proof;
    const kept = proof.type === 'user' && proof.token === token ? proof.token : copyToken(token);
    this.#callers.remember(kept, { proof, evidence }, { valueBytes: bytesOf(proof, kept) });
    return proof;
  }

  async #proveExternal(token: string, { jws, malformed }: ParsedToken) {
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

  #principalOf(subject: string): BackstageServicePrincipal {
    const known = this.#services.get(subject);
    if (known) return known;
    const principal = createServicePrincipal(subject);
    if (this.#services.size < MAX_SERVICES) this.#services.set(subject, principal);
    return principal;
  }

  #now(): number {
    return this.#clock.now() / 1000;
  }
}

/** How large the texts of a proof are, beside the presented token, in bytes. */
function bytesOf(proof: CallerProof, presented: string): number {
  if (proof.type === 'user') {
    const { token, limitedForm, principal } = proof;
    const own = token === presented ? 0 : token.length;
    const form = limitedForm && limitedForm.token !== token ? limitedForm.token.length : 0;
    return own + form + principal.userEntityRef.length;
  }
  // Each character can take two, and the map is larger than its text.
  const restrictions = proof.allAccessRestrictions;
  return (
    proof.principal.subject.length +
    (restrictions ? 8 * JSON.stringify([...restrictions]).length : 0)
  );
}
