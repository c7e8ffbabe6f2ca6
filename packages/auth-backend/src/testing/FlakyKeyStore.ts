import type { KeyStore, StoredKey } from '@stagepass/auth-node';
import { MemoryKeyStore } from '../keys/MemoryKeyStore';

/** A key store in memory that counts what is asked of it, and fails or waits when a test says so. */
export class FlakyKeyStore implements KeyStore {
  /** The operations that were begun. */
  readonly calls: Array<keyof KeyStore> = [];
  /** What every operation fails with from now on. */
  failure: Error | undefined;
  readonly #store = new MemoryKeyStore();
  readonly #waiting = new Map<keyof KeyStore, () => void>();
  readonly #gates = new Map<keyof KeyStore, Promise<void>>();

  addKey(key: StoredKey): Promise<void> {
    return this.#run('addKey', () => this.#store.addKey(key));
  }

  listKeys(): Promise<StoredKey[]> {
    return this.#run('listKeys', () => this.#store.listKeys());
  }

  deleteKeysExpiredBefore(time: Date): Promise<void> {
    return this.#run('deleteKeysExpiredBefore', () => this.#store.deleteKeysExpiredBefore(time));
  }

  /** How often an operation was begun. */
  count(operation: keyof KeyStore): number {
    return this.calls.filter(call => call === operation).length;
  }

  /** Resolves when the operation ends the next time, well or badly. */
  next(operation: keyof KeyStore): Promise<void> {
    return new Promise(resolve => this.#waiting.set(operation, resolve));
  }

  /** Lets an operation wait from now on, until the returned function is called. */
  hold(operation: keyof KeyStore): () => void {
    let release = () => {};
    this.#gates.set(operation, new Promise<void>(resolve => (release = resolve)));
    return () => {
      this.#gates.delete(operation);
      release();
    };
  }

  async #run<TResult>(operation: keyof KeyStore, work: () => Promise<TResult>): Promise<TResult> {
    this.calls.push(operation);
    try {
      // What is read is what stands in the store when the operation begins, however long it takes.
      const result = this.failure ? undefined : await work();
      await this.#gates.get(operation);
      if (this.failure) throw this.failure;
      return result as TResult;
    } finally {
      this.#waiting.get(operation)?.();
      this.#waiting.delete(operation);
    }
  }
}
