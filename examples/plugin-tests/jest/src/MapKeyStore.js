/** A key store of one's own: the copies that it keeps and hands out are nobody else's. */
class MapKeyStore {
  #keys;

  /** @param keys - the storage, by key id; stores that share it are replicas of one another */
  constructor(keys = new Map()) {
    this.#keys = keys;
  }

  async addKey({ key, expiresAt }) {
    if ('d' in key) throw new Error('Private keys are not stored');
    if (this.#keys.has(key.kid)) throw new Error('There is a key of this id already');
    this.#keys.set(key.kid, structuredClone({ key, expiresAt }));
  }

  async listKeys() {
    const byExpiry = [...this.#keys.values()].sort((a, b) => a.expiresAt - b.expiresAt);
    return structuredClone(byExpiry);
  }

  async deleteKeysExpiredBefore(time) {
    for (const [kid, { expiresAt }] of this.#keys) if (expiresAt < time) this.#keys.delete(kid);
  }
}

module.exports = { MapKeyStore };
