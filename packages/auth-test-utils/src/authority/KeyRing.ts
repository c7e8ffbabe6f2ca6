import { createPublicKey, generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto';
import type { AuthorityKey } from './signedToken';

/** The keys of one issuer: the newest signs, all are published until they are withdrawn. */
export class KeyRing {
  #keys: AuthorityKey[] = [createAuthorityKey()];

  /** The key that signs. */
  get current(): AuthorityKey {
    return this.#keys[0] as AuthorityKey;
  }

  /** Puts a new key first; the older ones stay published, or are withdrawn. */
  rotate(withdrawOld: boolean): void {
    this.#keys = [createAuthorityKey(), ...(withdrawOld ? [] : this.#keys)];
  }

  /** Returns the public keys as a key set holds them. */
  publicKeys(): JsonWebKey[] {
    return this.#keys.map(({ kid, publicKey }) => {
      const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
      return { kty, crv, x, y, kid, alg: 'ES256' };
    });
  }
}

/** Makes a key pair that nobody publishes yet. */
export function createAuthorityKey(): AuthorityKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid: randomUUID(), privateKey, publicKey: createPublicKey(privateKey) };
}
