import type { PublicJwk } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { VerificationKey } from '../tokens/verifyJws';
import { importVerificationKey } from './importKey';

/** The published keys of an issuer in this process, imported once each. */
export class LocalKeySet {
  readonly #listPublicKeys: () => Promise<PublicJwk[]>;
  readonly #imported = new Map<string, VerificationKey>();

  constructor(listPublicKeys: () => Promise<PublicJwk[]>) {
    this.#listPublicKeys = listPublicKeys;
  }

  /** Returns the key with this id, or undefined if the issuer does not publish it at present. */
  async find(kid: string): Promise<VerificationKey | undefined> {
    const published = await this.#listPublicKeys();
    const jwk = published.find(key => key.kid === kid);
    if (!jwk) {
      this.#imported.delete(kid);
      return undefined;
    }
    const known = this.#imported.get(kid);
    if (known) return known;
    const key = importVerificationKey(jwk);
    if (typeof key === 'string') return undefined;
    this.#imported.set(kid, key);
    return key;
  }

  /**
   * Returns the key with this id; for an issuer that verifies its own tokens.
   *
   * @throws AuthenticationError `AUTH_KEY_UNKNOWN`
   */
  async require(kid: string | undefined): Promise<VerificationKey> {
    const key = kid === undefined ? undefined : await this.find(kid);
    if (key) return key;
    throw createAuthError('AUTH_KEY_UNKNOWN', `this issuer has no key ${quote(kid ?? null)}`);
  }
}
