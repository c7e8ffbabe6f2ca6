import type { LoggerService } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { VerificationKey } from '../tokens/verifyJws';
import { describeFetchFailure, fetchKeySet, type Network } from './fetchKeySet';
import type { ThirdPartyKeys } from './importKey';
import { type KeySetTerms, termsFor } from './keySetTerms';
import type { KeyHolder } from './PublishedKey';
import { PublishedKeys } from './PublishedKeys';
import { RetryPause } from './RetryPause';
import { TokenBucket } from './TokenBucket';

const SECOND = 1_000;

/** Tells whether a request may be made for a stranger: an issuer that nobody has verified a token of. */
export type Admit = () => boolean;

/** A stranger that has shown no key is not asked again for this long. */
const FORGET_STRANGER_AFTER = 30 * SECOND;

/** An empty set after a good one counts as an outage for this long, then is believed. */
const DOUBT_EMPTY_SET_FOR = 5 * 60 * SECOND;

/** Requests that unknown key ids may cause: this many at once, one more every ten seconds. */
const UNKNOWN_KEY_REQUESTS = { capacity: 5, refillEvery: 10 * SECOND };

/** How long one caller waits for a request that is under way, unless it is the very first. */
const MAX_WAIT = 2 * SECOND;

/** How many callers wait, at most, to learn of a key that the set did not have when it was fetched. */
const MAX_WAITING = 100;

/** How many unusable entries of one set the log tells of. */
const MAX_TOLD = 10;

/**
 * The keys of one issuer as last fetched from one URL. Known keys answer at once; an unknown key id asks
 * the issuer again, as far as the bucket allows; an outage does not take known keys away.
 */
export class RemoteKeySet implements KeyHolder {
  /** For those who keep many: the greater, the later. */
  usedAt = 0;
  readonly #url: string;
  /** For messages, quoted: the query can hold a secret. */
  readonly #shownUrl: string;
  readonly #network: Network;
  readonly #logger: Pick<LoggerService, 'warn'>;
  readonly #terms: KeySetTerms;
  #published = new PublishedKeys([]);
  /** When the request began that brought them: the answer may be that old. */
  #fetchedAt = -Infinity;
  #askedAt = -Infinity;
  #emptySince: number | undefined;
  readonly #pause: RetryPause;
  /** Never more than one, and over in time: so no answer can overwrite a newer one. */
  #inFlight: Promise<void> | undefined;
  #waiting = 0;
  readonly #unknownKeyRequests: TokenBucket;
  /** What was wrong with entries of the set, so that each change of it is told once. */
  #problems = '';
  /** Some ids of its keys for messages, quoted, until others are published or one turns out to be none. */
  #shownIds: string | undefined;
  readonly #toldOf = new WeakSet<object>();
  readonly #tellOnce = (entry: object, problem: string) => {
    if (this.#toldOf.has(entry)) return;
    this.#toldOf.add(entry);
    this.#shownIds = undefined;
    this.#tellOf(problem);
  };

  /** @param thirdParty - given when the issuer is none of this backend's plugins */
  constructor(
    url: string,
    network: Network,
    logger: Pick<LoggerService, 'warn'>,
    thirdParty?: ThirdPartyKeys,
  ) {
    this.#url = url;
    this.#shownUrl = quote(url.replace(/[?#].*$/s, '?...'));
    this.#network = network;
    this.#logger = logger;
    this.#terms = termsFor(thirdParty);
    this.#pause = new RetryPause(network);
    this.#unknownKeyRequests = new TokenBucket({ ...UNKNOWN_KEY_REQUESTS, clock: network.clock });
  }

  /**
   * Returns a set that knows the keys of this one, and asks the issuer by itself from here on: without this
   * one's pause after a failure, and with a bucket of its own.
   */
  copy(network: Network, logger: LoggerService): RemoteKeySet {
    const copy = new RemoteKeySet(this.#url, network, logger, this.#terms.thirdParty);
    copy.#published = this.#published;
    copy.#fetchedAt = this.#fetchedAt;
    copy.#emptySince = this.#emptySince;
    copy.usedAt = this.usedAt;
    return copy;
  }

  /** Tells whether the issuer has ever published a key. */
  get hasKeys(): boolean {
    return !this.#published.isEmpty;
  }

  /** {@inheritDoc KeyHolder.atHand} */
  atHand(kid: string | undefined): VerificationKey | undefined {
    return this.#age() < this.#terms.refreshAfter ? this.#lookUp(kid) : undefined;
  }

  /**
   * Returns the key with this id; without an id, the only key of the set.
   *
   * @param admit - of a stranger: asked before each request that this call causes
   * @throws AuthenticationError `AUTH_KEY_UNKNOWN` when the issuer does not publish it
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when that cannot be found out now
   */
  async find(kid: string | undefined, admit?: Admit): Promise<VerificationKey> {
    const { refreshAfter, staleAfter, keepThroughOutage } = this.#terms;
    const age = this.#age();
    const known = this.#lookUp(kid);
    if (known && age < staleAfter) {
      const isDue = age >= refreshAfter && !this.#inFlight && this.#pause.isOver(false);
      if (isDue && (admit?.() ?? true)) void this.#refresh();
      return known;
    }
    // Where nothing is there yet all wait, since the first start of a backend must refuse nobody.
    if (!known && this.#fetchedAt > -Infinity && this.#waiting >= MAX_WAITING) {
      throw this.#unavailable();
    }
    const canBeAnswered = known !== undefined && age < keepThroughOutage;
    const underWay = this.#inFlight;
    let isOver = await this.#ask(kid, canBeAnswered, admit);
    const isAnswered = underWay && underWay !== this.#inFlight && !this.#pause.isFailing;
    // A request that was under way may have been answered before the key was published.
    if (isAnswered && !this.#lookUp(kid)) isOver = await this.#ask(kid, false, admit);
    const found = this.#lookUp(kid);
    if (found && this.#age() < keepThroughOutage) return found;
    throw isOver && this.#isDecided() ? this.#unknown(kid) : this.#unavailable();
  }

  /**
   * Waits for the request that is under way, or for a new one if there may be one now.
   *
   * @returns whether that, if there was one, is over
   */
  async #ask(kid: string | undefined, canBeAnswered: boolean, admit?: Admit): Promise<boolean> {
    if (this.#inFlight) return this.#wait(this.#inFlight);
    if (!this.#pause.isOver(!canBeAnswered)) return true;
    if (admit && !this.hasKeys && this.#now() - this.#askedAt < FORGET_STRANGER_AFTER) return true;
    // The bucket is for keys that do not exist; while nothing can be fetched, the pause is the limit.
    const isCharged = !this.#lookUp(kid) && !this.#pause.isFailing;
    if (isCharged && !this.#unknownKeyRequests.take()) return true;
    const isAdmitted = admit?.() ?? true;
    const isOver = isAdmitted && (await this.#wait(this.#refresh()));
    if (isCharged && (!isAdmitted || this.#pause.isFailing || this.#lookUp(kid))) {
      this.#unknownKeyRequests.giveBack();
    }
    if (!isAdmitted) throw this.#tooManyStrangers();
    return isOver;
  }

  #lookUp(kid: string | undefined): VerificationKey | undefined {
    return this.#published.find(kid, this.#tellOnce);
  }

  /** Fetches the set, once for all who ask meanwhile; a failure is remembered, not thrown. */
  #refresh(): Promise<void> {
    this.#inFlight ??= this.#fetch()
      // A logger that throws must not end the process.
      .catch(() => {})
      .finally(() => (this.#inFlight = undefined));
    return this.#inFlight;
  }

  async #fetch(): Promise<void> {
    const beganAt = this.#now();
    this.#askedAt = beganAt;
    try {
      this.#accept(await fetchKeySet(this.#url, this.#network), beganAt);
    } catch (error) {
      this.#pause.noteFailure(beganAt);
      this.#network.onKeySetFetch?.('failure');
      const detail = quote(describeFetchFailure(error, this.#url));
      this.#logger.warn(`The key set at ${this.#shownUrl} cannot be fetched: ${detail}`);
      return;
    }
    this.#pause.noteSuccess();
    this.#network.onKeySetFetch?.('success');
  }

  #accept(entries: readonly unknown[], beganAt: number): void {
    const published = new PublishedKeys(entries, this.#terms.thirdParty, this.#published);
    this.#report(published.problems);
    if (!published.isEmpty || this.#published.isEmpty) {
      this.#emptySince = undefined;
    } else {
      this.#emptySince ??= beganAt;
      if (beganAt - this.#emptySince < DOUBT_EMPTY_SET_FOR) {
        throw new Error('expected keys, found an empty set after a good one');
      }
    }
    this.#published = published;
    this.#shownIds = undefined;
    this.#fetchedAt = beganAt;
  }

  #report(problems: readonly string[]): void {
    const found = problems.join('\n');
    if (found === this.#problems) return;
    this.#problems = found;
    for (const problem of problems.slice(0, MAX_TOLD)) this.#tellOf(problem);
    const others = problems.length - MAX_TOLD;
    if (others > 0) this.#tellOf(`cannot be used, nor can ${others - 1} others`);
  }

  #tellOf(problem: string): void {
    this.#logger.warn(`Ignoring a key of the key set at ${this.#shownUrl}: it ${problem}`);
  }

  /** Waits until the request is over, or no longer; tells which. */
  async #wait(request: Promise<void>): Promise<boolean> {
    let cancel = () => {};
    this.#waiting += 1;
    const patience = new Promise<boolean>(resolve => {
      // Who starts when everything starts must not be refused because hosts are slow: the first ends by itself.
      if (this.#isUntried) return;
      cancel = this.#network.clock.setTimeout(() => resolve(false), MAX_WAIT);
    });
    const isOver = await Promise.race([request.then(() => true), patience]);
    this.#waiting -= 1;
    cancel();
    return isOver;
  }

  /** Tells whether no request has come to an end yet. */
  get #isUntried(): boolean {
    return this.#fetchedAt === -Infinity && !this.#pause.isFailing;
  }

  /** Tells whether what is not in the set is not published: it cannot have been published long since. */
  #isDecided(): boolean {
    return !this.#pause.isFailing && this.#age() < this.#terms.staleAfter;
  }

  #age(): number {
    return this.#now() - this.#fetchedAt;
  }

  #now(): number {
    return this.#network.clock.monotonic();
  }

  #unknown(kid: string | undefined) {
    const wanted =
      kid === undefined ? 'a single key, as a token without kid needs,' : `the key ${quote(kid)}`;
    this.#shownIds ??= quote(this.#published.someIds);
    return createAuthError(
      'AUTH_KEY_UNKNOWN',
      `expected ${wanted} at ${this.#shownUrl}, found ${this.#shownIds}; ` +
        'the token is of another installation, or older than the keys of its issuer',
    );
  }

  #tooManyStrangers() {
    return this.#unavailable('tokens of plugins that are not known have caused too many requests');
  }

  #unavailable(why = 'see the warnings in the log, and whether discovery gives the right URL') {
    return createAuthError(
      'AUTH_KEYS_UNAVAILABLE',
      `the key set at ${this.#shownUrl} cannot be fetched now; ${why}`,
    );
  }
}
