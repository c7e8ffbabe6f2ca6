import type { Clock, KeyStore, LoggerService, PublicJwk, StoredKey } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import type { SignatureAlgorithm } from '../tokens/algorithms';
import type { SigningKey } from '../tokens/signJws';
import { generateSigningKey } from './generateSigningKey';
import { type KeyLifecyclePolicy, planKeys, publishedUntil, requireSound } from './keyLifecycle';
import { KeyListing } from './KeyListing';
import type { KeySource } from './KeySource';
import { GuardedKeyStore } from './GuardedKeyStore';
import { Outage } from './Outage';
import { StoreTime } from './StoreTime';

/** How long after a failure the store is left alone, in milliseconds. */
const RETRY_AFTER = 5_000;

/** How old a key that is not in the store yet may get until another is generated, in milliseconds. */
const OFFER_FOR = 10 * 60_000;

/** How long after lost keys were stored again that is done at the soonest once more, in milliseconds. */
const MEND_AFTER = 30_000;

/** A key that is not known to be in the store. */
interface Candidate {
  readonly signing: SigningKey;
  readonly preparedAt: number;
  readonly stored: StoredKey;
  /** The store was asked to take it: it may have done so although it said otherwise, or nothing. */
  offered: boolean;
}

interface OwnKey extends SigningKey {
  readonly preparedAt: number;
  readonly publishedAt: number;
}

/**
 * Signing keys that are generated in this process and replaced as {@link planKeys} says. The public halves
 * are in the store before the first signature; the private halves never leave this object.
 */
export class RotatingKeySource implements KeySource {
  readonly #options: {
    readonly algorithm: SignatureAlgorithm;
    readonly policy: KeyLifecyclePolicy;
    readonly clock: Clock;
    readonly logger: LoggerService;
  };
  readonly #store: KeyStore;
  readonly #storeTime: StoreTime;
  readonly #listing: KeyListing;
  readonly #outage = new Outage();
  #ownKeys: readonly OwnKey[] = [];
  /** The public halves of all keys that this process has stored and that may have signed a living token. */
  #published: readonly StoredKey[] = [];
  #candidate: Candidate | undefined;
  #preparing: Promise<void> | undefined;
  #retryAt = -Infinity;
  #mendAt = -Infinity;
  /** The current key is lost to verifiers, so that the next one signs at once. */
  #replacing = false;

  /** @throws Error `AUTH_CONFIG_INVALID` when the policy would let a token outlive its key */
  constructor(options: {
    store: KeyStore;
    algorithm: SignatureAlgorithm;
    policy: KeyLifecyclePolicy;
    clock: Clock;
    logger: LoggerService;
  }) {
    const { store, policy, clock, logger } = options;
    requireSound(policy);
    this.#options = options;
    this.#store = new GuardedKeyStore(store, clock);
    this.#storeTime = new StoreTime(clock);
    this.#listing = new KeyListing({
      store: this.#store,
      storeTime: this.#storeTime,
      ownKeys: () => this.#living(),
      onMissing: keys => this.#mendInBackground(keys),
      clock,
      logger,
    });
  }

  /**
   * Publishes the first key, and reads what others have published: in an outage that is what can be answered.
   *
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when the store does not take the one or tell the other
   */
  async open(): Promise<void> {
    await this.getSigningKey();
    await this.#listing.open();
  }

  signingKeyAtHand(): SigningKey | undefined {
    const { active, prepare } = this.#plan();
    if (!active) return undefined;
    if (prepare) this.#prepareInBackground();
    this.#listing.lookInBackground();
    return active;
  }

  async getSigningKey(): Promise<SigningKey> {
    const active = this.signingKeyAtHand();
    if (active) return active;
    await this.#prepareNext();
    const { active: first } = this.#plan();
    // Not reachable while a key's life is longer than the making of it.
    if (!first)
      throw createAuthError('AUTH_KEYS_UNAVAILABLE', 'the new signing key is too old to use');
    return first;
  }

  /** {@inheritDoc KeyListing.list} */
  listPublicKeys(): Promise<PublicJwk[]> {
    return this.#listing.list();
  }

  /** {@inheritDoc KeyListing.listForAnybody} */
  listKeysForAnybody(): Promise<PublicJwk[]> {
    return this.#listing.listForAnybody();
  }

  #plan() {
    return planKeys(this.#ownKeys, this.#options.clock.now(), this.#options.policy);
  }

  #living(): readonly StoredKey[] {
    const now = this.#options.clock.now();
    return this.#published.filter(({ expiresAt }) => expiresAt.getTime() > now);
  }

  #prepareInBackground(): void {
    if (this.#options.clock.monotonic() < this.#retryAt) return;
    // A failure has been logged, and the current key signs on.
    this.#prepareNext().catch(() => {});
  }

  #prepareNext(): Promise<void> {
    this.#preparing ??= this.#publishNext().finally(() => (this.#preparing = undefined));
    return this.#preparing;
  }

  async #publishNext(): Promise<void> {
    const { clock, logger } = this.#options;
    const candidate = await this.#takeCandidate();
    const { signing, preparedAt, stored } = candidate;
    try {
      await this.#offer(candidate);
    } catch (cause) {
      this.#retryAt = clock.monotonic() + RETRY_AFTER;
      this.#outage.begin(() =>
        logger.error('The key store does not take the next signing key', asError(cause)),
      );
      const reason = 'the key store does not take the signing key; see the log';
      throw createAuthError('AUTH_KEYS_UNAVAILABLE', reason, { cause });
    }
    this.#outage.end(() => {});
    const { active } = this.#plan();
    const key = { ...signing, preparedAt, publishedAt: clock.now() };
    this.#ownKeys = active && !this.#replacing ? [active, key] : [key];
    this.#published = [...this.#living(), stored];
    this.#candidate = undefined;
    this.#replacing = false;
    logger.info(`Published the signing key ${signing.kid}`);
    await this.#prune();
  }

  /** The same key is offered again, so that a store that takes it and does not say so fills with no others. */
  async #takeCandidate(): Promise<Candidate> {
    const { algorithm, policy, clock } = this.#options;
    const age = clock.now() - (this.#candidate?.preparedAt ?? -Infinity);
    if (this.#candidate && age >= 0 && age < OFFER_FOR) return this.#candidate;
    const { signing, published } = await generateSigningKey(algorithm);
    const preparedAt = clock.now();
    const expiresAt = new Date(publishedUntil(preparedAt, policy));
    this.#candidate = {
      signing,
      preparedAt,
      stored: { key: published, expiresAt },
      offered: false,
    };
    return this.#candidate;
  }

  async #offer(candidate: Candidate): Promise<void> {
    if (candidate.offered && (await this.#isStored(candidate.stored))) return;
    candidate.offered = true;
    await this.#store.addKey(candidate.stored);
  }

  /** The name of a key is its thumbprint, so that no other can have it. */
  async #isStored({ key }: StoredKey): Promise<boolean> {
    return (await this.#store.listKeys()).some(other => other.key.kid === key.kid);
  }

  /** By the time of the store too: a clock that is ahead must not delete keys of which tokens live. */
  async #prune(): Promise<void> {
    const { policy, logger } = this.#options;
    try {
      const time = await this.#store.now?.();
      if (time) this.#storeTime.note(time);
      const before = new Date(this.#storeTime.now() - policy.pruneAfter);
      await this.#store.deleteKeysExpiredBefore(before);
    } catch (error) {
      logger.warn(
        'Expired keys cannot be deleted now; the next rotation tries again',
        asError(error),
      );
    }
  }

  #mendInBackground(keys: readonly StoredKey[]): void {
    const now = this.#options.clock.monotonic();
    if (now < this.#mendAt) return;
    this.#mendAt = now + MEND_AFTER;
    // What fails has been logged, and is tried again when the keys are missed the next time.
    this.#mend(keys).catch(() => {});
  }

  /**
   * Stores keys again that were lost with the data of the store, so that their tokens live on. Where that does
   * not work for a key that signs, as when a row that cannot be read is in its place, another takes over.
   */
  async #mend(keys: readonly StoredKey[]): Promise<void> {
    const { logger } = this.#options;
    const lost: string[] = [];
    for (const stored of keys) {
      const { kid } = stored.key;
      try {
        await this.#store.addKey(stored);
        logger.warn(`The key store had lost the key ${kid}; stored it again`);
      } catch (error) {
        // It was missed by a read that began before it was stored again.
        if (await this.#isStored(stored).catch(() => false)) continue;
        lost.push(kid);
        logger.warn(`The key store has lost the key ${kid}, and does not take it`, asError(error));
      }
    }
    this.#replacing = this.#ownKeys.some(({ kid }) => lost.includes(kid));
    if (this.#replacing) await this.#prepareNext();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
