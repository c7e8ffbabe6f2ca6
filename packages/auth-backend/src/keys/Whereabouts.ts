import type { Clock, DiscoveryService } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { endAfter, endsAtOnce } from './endAfter';
import { locate, type Location } from './locate';

/** How long discovery is waited for, in milliseconds. */
const DISCOVERY_PATIENCE = 2_000;

/** For how long keys are looked for where they were found before discovery is asked again, in milliseconds. */
const BELIEVE_DISCOVERY = 10;

/** Of how many issuers the answers are kept. */
const MAX_ANSWERS = 1_000;

/** What discovery said of one issuer; times are those of the monotonic clock. */
interface Answer extends Location {
  readonly discovery: DiscoveryService;
  readonly askedAt: number;
  /** Not at all, where no key was found. */
  believedUntil: number;
}

/** Where the issuers that publish below the same path do it, by what discovery says. */
export class Whereabouts {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #answers = new Map<string, Answer>();

  /** @param path - below the base URL of an issuer */
  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Returns where a key of the issuer was found a moment ago. */
  atHand(issuer: string, discovery: DiscoveryService): Location | undefined {
    const last = this.#answers.get(issuer);
    const isBelieved =
      last?.discovery === discovery && this.#clock.monotonic() < last.believedUntil;
    return isBelieved ? last : undefined;
  }

  /**
   * Finds out where an issuer publishes: of those who have waited together, the first asks for all.
   *
   * @param cameAt - an answer will do that was asked for later than this
   * @returns the place; to be told to {@link believe} where it has the key
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE`
   */
  find(issuer: string, discovery: DiscoveryService, cameAt: number): Answer | Promise<Answer> {
    const last = this.#answers.get(issuer);
    const isNew = last && last.discovery === discovery && last.askedAt > cameAt;
    return isNew ? last : this.#ask(issuer, discovery, last);
  }

  /** Believes an answer for a moment, since it has led to a key. */
  believe(answer: Answer): void {
    answer.believedUntil = answer.askedAt + BELIEVE_DISCOVERY;
  }

  async #ask(
    issuer: string,
    discovery: DiscoveryService,
    last: Answer | undefined,
  ): Promise<Answer> {
    const askedAt = this.#clock.monotonic();
    const location = await this.#locate(issuer, discovery, last);
    const { baseUrl, url } = location;
    const believedUntil = location === last ? last.believedUntil : -Infinity;
    const answer = { baseUrl, url, discovery, askedAt, believedUntil };
    if (!last && this.#answers.size >= MAX_ANSWERS) this.#answers.clear();
    this.#answers.set(issuer, answer);
    return answer;
  }

  async #locate(
    issuer: string,
    discovery: DiscoveryService,
    last: Location | undefined,
  ): Promise<Location> {
    try {
      const located = locate(discovery, issuer, this.#path, last);
      // Most answer from memory, and need no timer.
      if (await endsAtOnce(located)) return await located;
      return await endAfter(DISCOVERY_PATIENCE, this.#clock, () => located);
    } catch (error) {
      throw createAuthError('AUTH_KEYS_UNAVAILABLE', (error as Error).message, { cause: error });
    }
  }
}
