import type { KeyStore, StoredKey } from '@stagepass/auth-node';

/** A key store of one's own: the copies that it keeps and hands out are nobody else's. */
export class MapKeyStore implements KeyStore {
  readonly #keys: Map<string, StoredKey>;

  /** @param keys - the storage, by key id; stores that share it are replicas of one another */
  constructor(keys = new Map<string, StoredKey>()) {
    this.#keys = keys;
  }

  async addKey({ key, expiresAt }: StoredKey): Promise<void> {
    if ('d' in key) throw new Error('Private keys are not stored');
    if (this.#keys.has(key.kid)) throw new Error('There is a key of this id already');
    this.#keys.set(key.kid, structuredClone({ key, expiresAt }));
  }

  async listKeys(): Promise<StoredKey[]> {
    const byExpiry = [...this.#keys.values()].sort(
      (a, b) => a.expiresAt.getTime() - b.expiresAt.getTime(),
    );
    return structuredClone(byExpiry);
  }

  async deleteKeysExpiredBefore(time: Date): Promise<void> {
    for (const [kid, { expiresAt }] of this.#keys) if (expiresAt < time) this.#keys.delete(kid);
  }
}
