import type { BackstageUserPrincipal, Clock } from '@stagepass/auth-node';
import type { LimitedForm } from '@stagepass/auth-node/internal';
import type { MemoryBudget } from './memory/MemoryBudget';
import { copyToken, TokenMemory } from './memory/TokenMemory';
import { confirm, isStanding } from './tokens/Evidence';
import type { UserTokenProof, UserTokens } from './tokens/user/UserTokens';

/** A user for whom others call; of the claims nobody needs more. */
export type UserCalledFor = Pick<UserTokenProof, 'userEntityRef' | 'expiresAt' | 'evidence'> & {
  readonly limitedForm: LimitedForm;
  /** As the service called for it that did so last. */
  principal?: BackstageUserPrincipal;
};

/** The users on whose behalf others call: each call has a token of its own, with the same user's in it. */
export class UsersCalledFor {
  readonly #userTokens: UserTokens;
  readonly #clock: Clock;
  readonly #users: TokenMemory<UserCalledFor>;

  constructor(options: { userTokens: UserTokens; clock: Clock; memory: MemoryBudget }) {
    this.#userTokens = options.userTokens;
    this.#clock = options.clock;
    this.#users = new TokenMemory(options.memory);
  }

  /**
   * Returns the user whom a limited token proves.
   *
   * @returns the user; without a promise where nobody had to be waited for
   */
  find(limitedUserToken: string): UserCalledFor | Promise<UserCalledFor> {
    const known = this.#users.recall(limitedUserToken);
    if (!known) return this.#prove(limitedUserToken);
    const isKnown = isStanding([known.evidence], this.#now());
    return isKnown ? known : this.#proveAgain(limitedUserToken, known);
  }

  async #proveAgain(limitedUserToken: string, known: UserCalledFor): Promise<UserCalledFor> {
    if (await confirm([known.evidence], this.#now())) return known;
    this.#users.forget(limitedUserToken, known);
    return this.#prove(limitedUserToken);
  }

  async #prove(limitedUserToken: string): Promise<UserCalledFor> {
    const proof = await this.#userTokens.verifyToken(limitedUserToken, 'limited');
    const { userEntityRef, expiresAt, evidence } = proof;
    const token = copyToken(limitedUserToken);
    const limitedForm = { token, times: evidence.times };
    const user: UserCalledFor = { userEntityRef, expiresAt, limitedForm, evidence };
    this.#users.remember(token, user, { valueBytes: userEntityRef.length });
    return user;
  }

  #now(): number {
    return this.#clock.now() / 1000;
  }
}
