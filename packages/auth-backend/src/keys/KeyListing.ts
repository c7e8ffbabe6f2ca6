import type { Clock, KeyStore, LoggerService, PublicJwk, StoredKey } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { endAfter } from './endAfter';
import { Outage } from './Outage';
import type { StoreTime } from './StoreTime';
import { TokenBucket } from './TokenBucket';

/** How often the store is asked for the published keys: a few times at once, then ten times a second. */
const READS = { capacity: 10, refillEvery: 100 };

/** How often it is asked because anybody wants to know: a few times at once, then once a second. */
const PUBLIC_READS = { capacity: 10, refillEvery: 1_000 };

/**
 * How long a store that says nothing is waited for before what it said last is published, in milliseconds:
 * less than those wait who ask for the keys.
 */
const PATIENCE = 1_000;

/** After how long a signing process looks whether its keys are still in the store, in milliseconds. */
const LOOK_AFTER = 30_000;

/** The keys that an issuer publishes: what its store lists, and the keys of this process in any case. */
export class KeyListing {
  readonly #options: {
    readonly store: KeyStore;
    readonly storeTime: StoreTime;
    readonly ownKeys: () => readonly StoredKey[];
    readonly onMissing: (keys: readonly StoredKey[]) => void;
    readonly clock: Clock;
    readonly logger: LoggerService;
  };
  readonly #reads: TokenBucket;
  readonly #publicReads: TokenBucket;
  #publicTurn: Promise<void> | undefined;
  readonly #outage = new Outage();
  #last: readonly StoredKey[] | undefined;
  #readAt: number;
  #runningRead: Promise<readonly StoredKey[]> | undefined;
  #pendingRead: Promise<readonly StoredKey[]> | undefined;

  /**
   * @param options - `ownKeys`: those of this process that are known to be stored, and live; `onMissing`: hears
   *   of those of them that the store no longer has
   */
  constructor(options: {
    store: KeyStore;
    storeTime: StoreTime;
    ownKeys: () => readonly StoredKey[];
    onMissing: (keys: readonly StoredKey[]) => void;
    clock: Clock;
    logger: LoggerService;
  }) {
    this.#options = options;
    this.#reads = new TokenBucket({ ...READS, clock: options.clock });
    this.#publicReads = new TokenBucket({ ...PUBLIC_READS, clock: options.clock });
    this.#readAt = options.clock.monotonic();
  }

  /**
   * Reads what others have published, and waits for it as long as for anything from the store.
   *
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE`
   */
  async open(): Promise<void> {
    await this.#read().catch((cause: unknown) => {
      throw unreadable(cause);
    });
  }

  /**
   * Asks the store, so that a key which another replica published a moment ago is in the answer: who asks
   * too often waits for the next turn. In an outage of the store it answers what was read last.
   *
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` in an outage when nothing was read before
   */
  async list(): Promise<PublicJwk[]> {
    const { clock, logger } = this.#options;
    try {
      const stored = await endAfter(PATIENCE, clock, () => this.#read());
      this.#outage.end(() => logger.info('The key store can be read again'));
      return this.#publish(stored);
    } catch (cause) {
      // With the keys of this process alone, verifiers would take those of the others for withdrawn.
      if (!this.#last) throw unreadable(cause);
      // The endpoint is public: who asks often must not fill the log.
      this.#outage.begin(() =>
        logger.warn('The key store cannot be read; publishing the keys last read', asError(cause)),
      );
      return this.#publish(this.#last);
    }
  }

  /** Answers like {@link list}, to anybody: who asks too often waits up to a second, together with all others. */
  async listForAnybody(): Promise<PublicJwk[]> {
    this.#publicTurn ??= this.#nextTurn(this.#publicReads).finally(
      () => (this.#publicTurn = undefined),
    );
    await this.#publicTurn;
    return this.list();
  }

  /** Has the store looked at soon, unless that was done a moment ago. */
  lookInBackground(): void {
    if (this.#options.clock.monotonic() - this.#readAt < LOOK_AFTER) return;
    this.#readAt = this.#options.clock.monotonic();
    // Who asks for the keys tells of the failure.
    this.#read().catch(() => {});
  }

  /** Shares one read between all who ask before it begins; one under way may miss what they know of. */
  #read(): Promise<readonly StoredKey[]> {
    this.#pendingRead ??= (async () => {
      await this.#runningRead?.catch(() => {});
      await this.#nextTurn(this.#reads);
      this.#pendingRead = undefined;
      this.#runningRead = this.#readStore();
      return this.#runningRead;
    })();
    return this.#pendingRead;
  }

  async #nextTurn(reads: TokenBucket): Promise<void> {
    const { clock } = this.#options;
    while (!reads.take()) {
      await new Promise<void>(resolve => clock.setTimeout(resolve, reads.nextIn()));
    }
  }

  async #readStore(): Promise<readonly StoredKey[]> {
    const { store, ownKeys, onMissing, clock } = this.#options;
    this.#readAt = clock.monotonic();
    // One that is stored during the read may not be in its answer.
    const expected = ownKeys();
    const stored = await store.listKeys();
    this.#last = stored;
    const missing = without(expected, stored);
    if (missing.length > 0) onMissing(missing);
    return stored;
  }

  #publish(stored: readonly StoredKey[]): PublicJwk[] {
    const { ownKeys, storeTime } = this.#options;
    const now = storeTime.now();
    return [...stored, ...without(ownKeys(), stored)]
      .filter(({ expiresAt }) => expiresAt.getTime() > now)
      .map(({ key }) => ({ ...key }));
  }
}

function unreadable(cause: unknown) {
  return createAuthError('AUTH_KEYS_UNAVAILABLE', 'the key store cannot be read', { cause });
}

function without(keys: readonly StoredKey[], others: readonly StoredKey[]): StoredKey[] {
  const kids = new Set(others.map(({ key }) => key.kid));
  return keys.filter(({ key }) => !kids.has(key.kid));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
