import type { LoggerService } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { VerificationKey } from '../tokens/verifyJws';
import { describeFetchFailure, fetchKeySet, type Network } from './fetchKeySet';
import { importVerificationKey, type ThirdPartyKeys } from './importKey';
import { TokenBucket } from './TokenBucket';

const SECOND = 1_000;

const HOUR = 60 * 60 * SECOND;

/** How long what was fetched is good for, in milliseconds, and how its keys are read. */
interface Terms {
  /** From this age on, a use of the set refreshes it in the background. */
  readonly refreshAfter: number;
  /** From this age on, a use waits for the refresh, so that a withdrawn key is refused from then on. */
  readonly staleAfter: number;
  /** How long a key goes on verifying while its set cannot be had. */
  readonly keepThroughOutage: number;
  readonly thirdParty?: ThirdPartyKeys;
}

/** The terms for the plugins of this backend. */
const amongPlugins: Terms = {
  refreshAfter: 30 * SECOND,
  staleAfter: 60 * SECOND,
  keepThroughOutage: 3 * HOUR,
};

/** The terms for a third party, whose host is not ours to bother. */
function forThirdParty(thirdParty: ThirdPartyKeys): Terms {
  return {
    refreshAfter: 300 * SECOND,
    staleAfter: 600 * SECOND,
    keepThroughOutage: 24 * HOUR,
    thirdParty,
  };
}

/** Tells whether a request may be made. */
export type Admit = () => boolean;

/** An empty set after a good one counts as an outage for this long, then is believed. */
const DOUBT_EMPTY_SET_FOR = 5 * 60 * SECOND;

/** Requests that unknown key ids may cause: this many at once, one more every ten seconds. */
const UNKNOWN_KEY_REQUESTS = { capacity: 5, refillEvery: 10 * SECOND };

/** How long one caller waits for a request that is under way. */
const MAX_WAIT = 2 * SECOND;

/** How many callers wait, at most, to learn of a key that the set did not have when it was fetched. */
const MAX_WAITING = 100;

/** After a failed request: the pause before the next, doubled up to the limit. */
const FIRST_PAUSE = 1 * SECOND;
const LONGEST_PAUSE = 30 * SECOND;

/**
 * The keys of one issuer as last fetched from one URL. Known keys answer at once; an unknown key id asks
 * the issuer again, as far as the bucket allows; an outage does not take known keys away.
 */
export class RemoteKeySet {
  readonly #url: string;
  /** For messages: the query can hold a secret. */
  readonly #shownUrl: string;
  readonly #network: Network;
  readonly #logger: Pick<LoggerService, 'warn'>;
  readonly #terms: Terms;
  #keys: ReadonlyMap<string, VerificationKey> = new Map();
  #fetchedAt = -Infinity;
  #emptySince: number | undefined;
  #failures = 0;
  #pausedUntil = -Infinity;
  #inFlight: Promise<void> | undefined;
  #waiting = 0;
  /** The last request was not let out. */
  #turnedAway = false;
  /** What was wrong with entries of the set, so that each change of it is told once. */
  #problems = '';
  readonly #unknownKeyRequests: TokenBucket;

  /** @param thirdParty - given when the issuer is none of this backend's plugins */
  constructor(
    url: string,
    network: Network,
    logger: Pick<LoggerService, 'warn'>,
    thirdParty?: ThirdPartyKeys,
  ) {
    this.#url = url;
    this.#shownUrl = url.replace(/[?#].*$/s, '?...');
    this.#network = network;
    this.#logger = logger;
    this.#terms = thirdParty ? forThirdParty(thirdParty) : amongPlugins;
    this.#unknownKeyRequests = new TokenBucket({ ...UNKNOWN_KEY_REQUESTS, clock: network.clock });
  }

  /**
   * Returns a set that knows the keys of this one, and asks the issuer by itself from here on: without this
   * one's pause after a failure, and with a bucket of its own.
   */
  copy(network: Network, logger: LoggerService): RemoteKeySet {
    const copy = new RemoteKeySet(this.#url, network, logger, this.#terms.thirdParty);
    copy.#keys = this.#keys;
    copy.#fetchedAt = this.#fetchedAt;
    copy.#emptySince = this.#emptySince;
    return copy;
  }

  /** Tells whether the issuer has ever published a key. */
  get hasKeys(): boolean {
    return this.#keys.size > 0;
  }

  /**
   * Returns the key with this id; without an id, the only key of the set.
   *
   * @param admit - asked before each request that this call causes
   * @throws AuthenticationError `AUTH_KEY_UNKNOWN` when the issuer does not publish it
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when that cannot be found out now
   */
  async find(kid: string | undefined, admit: Admit = () => true): Promise<VerificationKey> {
    const { refreshAfter, staleAfter, keepThroughOutage } = this.#terms;
    const age = this.#age();
    const known = this.#lookUp(kid);
    if (known && age < staleAfter) {
      if (age >= refreshAfter && !this.#isPaused()) void this.#refresh(admit);
      return known;
    }
    // Where nothing is there yet all wait, since the first start of a backend must refuse nobody.
    if (!known && this.#fetchedAt > -Infinity && this.#waiting >= MAX_WAITING) {
      throw this.#unavailable();
    }
    // A request under way may have been answered before the key was published.
    const underWay = this.#inFlight;
    let taken = !known && !underWay && !this.#isPaused();
    if (taken && !this.#unknownKeyRequests.take()) {
      throw this.#isUndecided() ? this.#unavailable() : this.#unknown(kid);
    }
    if (!this.#isPaused()) await this.#waitForRefresh(admit);
    if (underWay && underWay !== this.#inFlight && !this.#lookUp(kid) && !this.#isPaused()) {
      taken = !this.#inFlight && this.#unknownKeyRequests.take();
      if (taken || this.#inFlight) await this.#waitForRefresh(admit);
    }
    const found = this.#lookUp(kid);
    // The bucket is for keys that do not exist: who is not the issuer cannot publish one.
    if ((found || this.#turnedAway) && taken) this.#unknownKeyRequests.giveBack();
    if (found && !this.#turnedAway && this.#age() < keepThroughOutage) return found;
    throw this.#isUndecided() ? this.#unavailable() : this.#unknown(kid);
  }

  #lookUp(kid: string | undefined): VerificationKey | undefined {
    if (kid !== undefined) return this.#keys.get(kid);
    const [only, ...others] = this.#keys.values();
    return others.length === 0 ? only : undefined;
  }

  /** Fetches the set, once for all who ask meanwhile; a failure is remembered, not thrown. */
  #refresh(admit: Admit): Promise<void> {
    this.#inFlight ??= this.#fetch(admit).finally(() => (this.#inFlight = undefined));
    return this.#inFlight;
  }

  async #fetch(admit: Admit): Promise<void> {
    this.#turnedAway = !admit();
    if (this.#turnedAway) return;
    try {
      this.#accept(await fetchKeySet(this.#url, this.#network));
      this.#failures = 0;
      this.#network.onKeySetFetch?.('success');
    } catch (error) {
      this.#failures += 1;
      this.#network.onKeySetFetch?.('failure');
      const pause = Math.min(FIRST_PAUSE * 2 ** (this.#failures - 1), LONGEST_PAUSE);
      this.#pausedUntil = this.#now() + pause;
      const detail = quote(describeFetchFailure(error, this.#url));
      this.#logger.warn(`The key set at ${quote(this.#shownUrl)} cannot be fetched: ${detail}`);
    }
  }

  #accept(entries: readonly unknown[]): void {
    const keys = new Map<string, VerificationKey>();
    const problems: string[] = [];
    for (const entry of entries) {
      const key = importVerificationKey(entry, this.#terms.thirdParty);
      if (typeof key === 'string') problems.push(key);
      else if (key.kid === '' && keys.has('')) problems.push('has no kid, like another');
      else keys.set(key.kid, key);
    }
    // Of several without a name none can be meant.
    if (problems.includes('has no kid, like another')) keys.delete('');
    this.#report(problems);
    const now = this.#now();
    if (keys.size > 0 || this.#keys.size === 0) {
      this.#emptySince = undefined;
    } else {
      this.#emptySince ??= now;
      if (now - this.#emptySince < DOUBT_EMPTY_SET_FOR) {
        throw new Error('expected keys, found an empty set after a good one');
      }
    }
    this.#keys = keys;
    this.#fetchedAt = now;
  }

  #report(problems: readonly string[]): void {
    const found = problems.join('\n');
    if (found === this.#problems) return;
    this.#problems = found;
    for (const problem of problems) {
      this.#logger.warn(`Ignoring a key of the key set at ${quote(this.#shownUrl)}: it ${problem}`);
    }
  }

  async #waitForRefresh(admit: Admit): Promise<void> {
    let cancel = () => {};
    this.#waiting += 1;
    const patience = new Promise<void>(resolve => {
      cancel = this.#network.clock.setTimeout(resolve, MAX_WAIT);
    });
    await Promise.race([this.#refresh(admit), patience]);
    this.#waiting -= 1;
    cancel();
  }

  #isPaused(): boolean {
    return this.#now() < this.#pausedUntil;
  }

  /** Tells whether what is not in the set may have been published since. */
  #isUndecided(): boolean {
    return this.#failures > 0 || this.#age() >= this.#terms.staleAfter;
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
    return createAuthError(
      'AUTH_KEY_UNKNOWN',
      `expected ${wanted} at ${quote(this.#shownUrl)}, found ${quote([...this.#keys.keys()])}; ` +
        'the token is of another installation, or older than the keys of its issuer',
    );
  }

  #unavailable() {
    const why = this.#turnedAway
      ? 'tokens of plugins that are not known have caused too many requests'
      : 'see the warnings in the log, and whether discovery gives the right URL';
    return createAuthError(
      'AUTH_KEYS_UNAVAILABLE',
      `the key set at ${quote(this.#shownUrl)} cannot be fetched now; ${why}`,
    );
  }
}
