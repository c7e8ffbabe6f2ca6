import type { Clock, KeyStore, StoredKey } from '@stagepass/auth-node';
import { withDeadline } from './deadline';

/** How long a store is waited for, in milliseconds. */
export const STORE_DEADLINE = 5_000;

/**
 * A key store, of whatever kind, that answers in time or fails. What it was asked may still be done after
 * that: a key whose storing was late can be in the store, and must not be taken to be.
 */
export class KeyStoreWithDeadlines implements KeyStore {
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

  listKeys(): Promise<StoredKey[]> {
    return this.#inTime('listKeys', store => store.listKeys());
  }

  deleteKeysExpiredBefore(time: Date): Promise<void> {
    return this.#inTime('deleteKeysExpiredBefore', store => store.deleteKeysExpiredBefore(time));
  }

  async #tellTime(): Promise<Date> {
    const time = new Date(await this.#inTime('now', async store => (await store.now?.()) ?? NaN));
    if (Number.isNaN(time.getTime())) throw new Error('The key store does not know the time');
    return time;
  }

  async #inTime<TResult>(
    operation: keyof KeyStore,
    work: (store: KeyStore) => Promise<TResult>,
  ): Promise<TResult> {
    return withDeadline(work(this.#store), {
      clock: this.#clock,
      milliseconds: STORE_DEADLINE,
      late: () =>
        new Error(`The key store has not answered ${operation} within ${STORE_DEADLINE / 1_000} s`),
    });
  }
}
