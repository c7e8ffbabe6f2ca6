import type { KeyStore, StoredKey } from '@stagepass/auth-node';
import { requirePublicJwk } from './importKey';

/**
 * A key store for one process: what it holds is gone when the process ends, and with it the means to verify
 * tokens from before.
 *
 * @public
 */
export class MemoryKeyStore implements KeyStore {
  readonly #keys = new Map<string, StoredKey>();

  async addKey({ key, expiresAt }: StoredKey): Promise<void> {
    const published = requirePublicJwk(key);
    if (this.#keys.has(key.kid)) throw new Error(`The key ${key.kid} is stored already`);
    this.#keys.set(key.kid, { key: published, expiresAt: new Date(expiresAt) });
  }

  listKeys(): Promise<StoredKey[]> {
    const keys = [...this.#keys.values()].sort((a, b) => +a.expiresAt - +b.expiresAt);
    return Promise.resolve(
      keys.map(({ key, expiresAt }) => ({ key: { ...key }, expiresAt: new Date(expiresAt) })),
    );
  }

  deleteKeysExpiredBefore(time: Date): Promise<void> {
    for (const [kid, { expiresAt }] of this.#keys) {
      if (expiresAt < time) this.#keys.delete(kid);
    }
    return Promise.resolve();
  }
}
