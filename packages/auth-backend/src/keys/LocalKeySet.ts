import type { Clock, PublicJwk } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { VerificationKey } from '../tokens/verifyJws';
import { importVerificationKey } from './importKey';

/** How long the keys are used without looking whether one was withdrawn, in milliseconds. */
const REFRESH_AFTER = 30_000;

/** The published keys of an issuer in this process, which need no network. */
export class LocalKeySet {
  readonly #listPublicKeys: () => Promise<PublicJwk[]>;
  readonly #clock: Clock;
  #keys: ReadonlyMap<string, VerificationKey> = new Map();
  #listedAt = -Infinity;

  constructor(listPublicKeys: () => Promise<PublicJwk[]>, clock: Clock) {
    this.#listPublicKeys = listPublicKeys;
    this.#clock = clock;
  }

  /**
   * Returns the key with this id, or undefined if the issuer does not publish it at present.
   *
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when the issuer fails to say
   */
  async find(kid: string): Promise<VerificationKey | undefined> {
    const known = this.#keys.get(kid);
    if (known && this.#clock.monotonic() - this.#listedAt < REFRESH_AFTER) return known;
    const published = await this.#listPublicKeys().catch((cause: unknown) => {
      const reason = `an issuer of this process cannot list its keys now: ${quote(String(cause))}`;
      throw createAuthError('AUTH_KEYS_UNAVAILABLE', reason, { cause });
    });
    this.#keys = new Map(published.flatMap(jwk => this.#import(jwk)));
    this.#listedAt = this.#clock.monotonic();
    return this.#keys.get(kid);
  }

  /**
   * Returns the key with this id; for an issuer that verifies its own tokens.
   *
   * @throws AuthenticationError `AUTH_KEY_UNKNOWN`
   */
  async require(kid: string | undefined): Promise<VerificationKey> {
    const key = kid === undefined ? undefined : await this.find(kid);
    if (key) return key;
    throw createAuthError(
      'AUTH_KEY_UNKNOWN',
      `expected the key ${quote(kid ?? null)} of this issuer, found ${quote([...this.#keys.keys()])}; ` +
        'the token is of another installation, or older than the keys',
    );
  }

  #import(jwk: PublicJwk): Array<[string, VerificationKey]> {
    const key = this.#keys.get(jwk.kid) ?? importVerificationKey(jwk);
    return typeof key === 'string' ? [] : [[key.kid, key]];
  }
}
