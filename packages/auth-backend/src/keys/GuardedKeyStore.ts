import { isDate } from 'node:util/types';
import type { Clock, KeyStore, StoredKey } from '@stagepass/auth-node';
import { endAfter } from './endAfter';
import { readPublicJwk } from './importKey';

/** How long a store is waited for, in milliseconds. */
export const STORE_DEADLINE = 5_000;

/**
 * A key store, of whatever kind, that answers in time or fails, and whose keys are read like any foreign value:
 * one that is no public key hides no other. What it was asked may still be done when it has failed: a key
 * whose storing was late can be in the store, and must not be taken to be.
 */
export class GuardedKeyStore implements KeyStore {
  readonly now?: () => Promise<Date>;
  readonly #store: KeyStore;
  readonly #clock: Clock;

  constructor(store: KeyStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    if (store.now) this.now = () => this.#tellTime();
  }

  addKey(key: StoredKey): Promise<void> {
    return this.#inTime('addKey', store => store.addKey(key));
  }

  async listKeys(): Promise<StoredKey[]> {
    const listed: readonly unknown[] = await this.#inTime('listKeys', store => store.listKeys());
    return listed.flatMap(readStoredKey);
  }

  deleteKeysExpiredBefore(time: Date): Promise<void> {
    return this.#inTime('deleteKeysExpiredBefore', store => store.deleteKeysExpiredBefore(time));
  }

  async #tellTime(): Promise<Date> {
    const time = new Date(await this.#inTime('now', async store => (await store.now?.()) ?? NaN));
    if (Number.isNaN(time.getTime())) throw new Error('The key store does not know the time');
    return time;
  }

  #inTime<TResult>(
    operation: keyof KeyStore,
    work: (store: KeyStore) => Promise<TResult>,
  ): Promise<TResult> {
    return endAfter(STORE_DEADLINE, this.#clock, () => work(this.#store), {
      late: limit => new Error(`The key store has not answered ${operation} ${limit}`),
    });
  }
}

function readStoredKey(value: unknown): StoredKey[] {
  const { key, expiresAt } = (value ?? {}) as Record<string, unknown>;
  const jwk = readPublicJwk(key);
  return typeof jwk !== 'string' && isDate(expiresAt) && !Number.isNaN(expiresAt.getTime())
    ? [{ key: jwk, expiresAt: new Date(expiresAt) }]
    : [];
}
