import type { BackstageUserInfo, Clock } from '@stagepass/auth-node';

/** How long an answer is shared, in milliseconds. */
const SHARE_FOR = 5_000;

/** How many answers are shared at most. */
const MAX_SHARED = 1_000;

/** What was found out of a user, and until when the token that was asked with proves the user. */
export interface UserInfoAnswer {
  readonly info: BackstageUserInfo;
  readonly tokenExpiresAt: Date;
}

interface Shared {
  readonly answer: Promise<UserInfoAnswer>;
  readonly until: number;
  tokenExpiresAt: number;
}

/**
 * Answers about users by token, which all plugins of a process share for some seconds, while the token
 * lasts. Questions at the same time share one search; a failure is not kept.
 */
export class SharedAnswers {
  readonly #clock: Clock;
  readonly #shared = new Map<string, Shared>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns the answer for a token, from `find` if there is none yet. */
  get(token: string, find: () => Promise<UserInfoAnswer>): Promise<UserInfoAnswer> {
    const now = this.#clock.monotonic();
    const known = this.#shared.get(token);
    if (known && now < known.until && this.#clock.now() < known.tokenExpiresAt) {
      return known.answer;
    }
    this.#shared.delete(token);
    const [oldest] = this.#shared.keys();
    if (this.#shared.size >= MAX_SHARED && oldest !== undefined) this.#shared.delete(oldest);
    const answer = find();
    const shared: Shared = { answer, until: now + SHARE_FOR, tokenExpiresAt: Infinity };
    this.#shared.set(token, shared);
    answer.then(
      ({ tokenExpiresAt }) => (shared.tokenExpiresAt = tokenExpiresAt.getTime()),
      () => {
        // A newer answer to the same question is kept.
        if (this.#shared.get(token) === shared) this.#shared.delete(token);
      },
    );
    return answer;
  }
}
