/**
 * A public key as published in a key set (RFC 7517): never a private member.
 *
 * @public
 */
export interface PublicJwk {
  /** Key id, unique among the keys of an issuer (RFC 7517 section 4.5). */
  kid: string;
  /** Key type, `EC`, `RSA` or `OKP` (RFC 7517 section 4.1). */
  kty: string;
  /** The one algorithm that the key is used with (RFC 7518 section 3.1). */
  alg: string;
  /** The public parameters of the key type, such as `crv`, `x` and `y`. */
  [parameter: string]: string;
}

/**
 * A public key and how long it must stay published.
 *
 * @public
 */
export interface StoredKey {
  readonly key: PublicJwk;
  /** When no token that the key signed can be alive any more. */
  readonly expiresAt: Date;
}

/**
 * Where the replicas of one issuer share the public halves of their signing keys. Private keys never
 * reach a store: it refuses a key with a private member (`d`), or never lists it. What it is given and
 * lists is copied, not shared. `keyStoreContract` of `@stagepass/auth-test-utils/contracts` checks all of this.
 *
 * @public
 */
export interface KeyStore {
  /**
   * Stores a key durably: once the promise resolves, every other user of the store lists it.
   * Storing a `kid` a second time is an error. Who has no answer within 5 seconds takes it for a failure,
   * as with the other members, and looks for the key in the list before it is offered again.
   */
  addKey(key: StoredKey): Promise<void>;

  /**
   * Lists the keys in the order of their expiry, the earliest first; expired ones stay listed until they
   * are deleted. A row that cannot be read is left out, with a warning, and hides no other.
   */
  listKeys(): Promise<StoredKey[]>;

  /** Deletes the keys that expired before the given time; no error if there are none. */
  deleteKeysExpiredBefore(time: Date): Promise<void>;

  /**
   * Tells the time by the clock of the store, where it has one that its users share. Keys are then deleted by
   * the earlier of this time and the user's own, so that a user whose clock is ahead deletes no living key of
   * another. Without it, keys that expired less than 24 hours ago by the user's clock are kept.
   */
  now?(): Promise<Date>;
}
