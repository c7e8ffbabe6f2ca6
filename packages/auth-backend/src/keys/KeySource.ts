import type { PublicJwk } from '@stagepass/auth-node';
import type { SigningKey } from '../tokens/signJws';

/** Where an issuer in this process gets its keys: rotating ones, or static ones from files. */
export interface KeySource {
  /**
   * Returns the key to sign with now; its public half is published.
   *
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when no published key can be had
   */
  getSigningKey(): Promise<SigningKey>;

  /** Returns the key to sign with now, as {@link getSigningKey} does, if there is one without waiting. */
  signingKeyAtHand(): SigningKey | undefined;

  /** Lists the public keys of all replicas of the issuer that may have signed a living token. */
  listPublicKeys(): Promise<PublicJwk[]>;

  /** Lists them for anybody who asks, however often. */
  listKeysForAnybody(): Promise<PublicJwk[]>;
}
