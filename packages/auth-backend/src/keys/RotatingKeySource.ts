import { generateKeyPair as generateKeyPairWithCallback, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock, KeyStore, LoggerService, PublicJwk } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { schemeOf, type SignatureAlgorithm } from '../tokens/algorithms';
import type { SigningKey } from '../tokens/signJws';
import { exportPublicJwk } from './importKey';
import { type KeyLifecyclePolicy, planKeys, publishedUntil } from './keyLifecycle';
import type { KeySource } from './KeySource';
import { TokenBucket } from './TokenBucket';

/** How often the store is asked for the published keys: a few times at once, then ten times a second. */
const LISTING_READS = { capacity: 10, refillEvery: 100 };

/** How long a store that says nothing is waited for before what it said last is published, in milliseconds. */
const LISTING_PATIENCE = 2_000;

/** How long after a failure the store is left alone, in milliseconds. */
const RETRY_AFTER = 5_000;

interface OwnKey extends SigningKey {
  readonly preparedAt: number;
  readonly published: PublicJwk;
}

/**
 * Signing keys that are generated in this process and replaced as {@link planKeys} says. The public halves
 * are in the store before the first signature; the private halves never leave this object.
 */
export class RotatingKeySource implements KeySource {
  readonly #options: {
    readonly store: KeyStore;
    readonly algorithm: SignatureAlgorithm;
    readonly policy: KeyLifecyclePolicy;
    readonly clock: Clock;
    readonly logger: LoggerService;
  };
  #ownKeys: readonly OwnKey[] = [];
  #preparing: Promise<void> | undefined;
  #retryAt = -Infinity;
  readonly #listingReads: TokenBucket;
  #listing: PublicJwk[] | undefined;
  #runningRead: Promise<PublicJwk[]> | undefined;
  #pendingRead: Promise<PublicJwk[]> | undefined;

  constructor(options: {
    store: KeyStore;
    algorithm: SignatureAlgorithm;
    policy: KeyLifecyclePolicy;
    clock: Clock;
    logger: LoggerService;
  }) {
    this.#options = options;
    this.#listingReads = new TokenBucket({ ...LISTING_READS, clock: options.clock });
  }

  async getSigningKey(): Promise<SigningKey> {
    const { active, prepare } = this.#plan();
    if (active) {
      if (prepare) this.#prepareInBackground();
      return active;
    }
    await this.#prepareNext();
    const { active: first } = this.#plan();
    // Not reachable while a key's life is longer than the making of it.
    if (!first)
      throw createAuthError('AUTH_KEYS_UNAVAILABLE', 'the new signing key is too old to use');
    return first;
  }

  /**
   * Asks the store, so that a key which another replica published a moment ago is in the answer: who asks
   * too often waits for the next turn. In an outage of the store it answers what was read last.
   */
  async listPublicKeys(): Promise<PublicJwk[]> {
    try {
      return copy(await this.#withPatience(this.#readListing()));
    } catch (error) {
      const last = this.#listing;
      if (!last) {
        throw createAuthError('AUTH_KEYS_UNAVAILABLE', 'the key store cannot be read', {
          cause: error,
        });
      }
      this.#options.logger.warn(
        'The key store cannot be read; publishing the keys last read',
        asError(error),
      );
      return copy(last);
    }
  }

  #plan() {
    return planKeys(this.#ownKeys, this.#options.clock.now(), this.#options.policy);
  }

  #prepareInBackground(): void {
    if (this.#options.clock.monotonic() < this.#retryAt) return;
    // A failure has been logged, and the current key signs on.
    this.#prepareNext().catch(() => {});
  }

  #prepareNext(): Promise<void> {
    this.#preparing ??= this.#generateAndPublish().finally(() => (this.#preparing = undefined));
    return this.#preparing;
  }

  async #generateAndPublish(): Promise<void> {
    const { store, algorithm, policy, clock, logger } = this.#options;
    const { publicKey, privateKey } = await generateKeys(algorithm);
    const kid = randomUUID();
    const preparedAt = clock.now();
    const published = exportPublicJwk(publicKey, kid, algorithm);
    const expiresAt = new Date(publishedUntil(preparedAt, policy));
    try {
      await store.addKey({ key: published, expiresAt });
    } catch (cause) {
      this.#retryAt = clock.monotonic() + RETRY_AFTER;
      logger.error('The key store does not take the next signing key', asError(cause));
      const reason = 'the key store does not take the signing key; see the log';
      throw createAuthError('AUTH_KEYS_UNAVAILABLE', reason, { cause });
    }
    const { active } = this.#plan();
    const key = { kid, alg: algorithm, privateKey, preparedAt, published };
    this.#ownKeys = active ? [active, key] : [key];
    this.#listing = this.#withOwnKeys(this.#listing ?? []);
    logger.info(`Published the signing key ${kid}`);
    await this.#prune();
  }

  async #prune(): Promise<void> {
    const { store, policy, clock, logger } = this.#options;
    const before = new Date(clock.now() - policy.pruneAfter);
    try {
      await store.deleteKeysExpiredBefore(before);
    } catch (error) {
      logger.warn(
        'Expired keys cannot be deleted now; the next rotation tries again',
        asError(error),
      );
    }
  }

  /** Shares one read between all who ask before it begins; one under way may miss what they know of. */
  #readListing(): Promise<PublicJwk[]> {
    this.#pendingRead ??= (async () => {
      await this.#runningRead?.catch(() => {});
      while (!this.#listingReads.take()) await this.#nextTurn();
      this.#pendingRead = undefined;
      this.#runningRead = this.#readKeys();
      return this.#runningRead;
    })();
    return this.#pendingRead;
  }

  #nextTurn(): Promise<void> {
    const { clock } = this.#options;
    return new Promise(resolve => clock.setTimeout(resolve, LISTING_READS.refillEvery));
  }

  async #withPatience(listing: Promise<PublicJwk[]>): Promise<PublicJwk[]> {
    let cancel = () => {};
    const silence = new Promise<never>((_, reject) => {
      const end = () => reject(new Error(`no answer within ${LISTING_PATIENCE / 1_000} s`));
      cancel = this.#options.clock.setTimeout(end, LISTING_PATIENCE);
    });
    return Promise.race([listing, silence]).finally(cancel);
  }

  async #readKeys(): Promise<PublicJwk[]> {
    const { store, clock } = this.#options;
    const stored = await store.listKeys();
    const now = clock.now();
    const living = stored.filter(({ expiresAt }) => expiresAt.getTime() > now);
    this.#listing = this.#withOwnKeys(living.map(({ key }) => key));
    return this.#listing;
  }

  /** A listing that was read while a key was being published must not hide that key. */
  #withOwnKeys(keys: PublicJwk[]): PublicJwk[] {
    const own = this.#ownKeys.map(({ published }) => published);
    return [...keys, ...own.filter(({ kid }) => keys.every(key => key.kid !== kid))];
  }
}

const generateKeyPair = promisify(generateKeyPairWithCallback);

async function generateKeys(algorithm: SignatureAlgorithm) {
  const { keyType, curve } = schemeOf(algorithm);
  if (keyType === 'ec') return generateKeyPair('ec', { namedCurve: curve ?? 'prime256v1' });
  if (keyType === 'rsa') return generateKeyPair('rsa', { modulusLength: 2048 });
  return generateKeyPair('ed25519', {});
}

function copy(keys: readonly PublicJwk[]): PublicJwk[] {
  return keys.map(key => ({ ...key }));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
