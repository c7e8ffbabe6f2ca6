import type { Clock, PublicJwk } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { VerificationKey } from '../tokens/verifyJws';
import { endAfter } from './endAfter';
import { importVerificationKey } from './importKey';
import { type KeyHolder, PublishedKey } from './PublishedKey';
import { Turnstile } from './Turnstile';

/** How long the keys are used without looking whether one was withdrawn, in milliseconds. */
const REFRESH_AFTER = 30_000;

/** How long a key goes on verifying while its issuer cannot list its keys, in milliseconds. */
const KEEP_THROUGH_OUTAGE = 3 * 60 * 60_000;

/** How long an issuer is waited for, in milliseconds: longer than ours waits for a database. */
const LISTING_PATIENCE = 3_000;

/** The published keys of an issuer in this process, which need no network. */
export class LocalKeySet implements KeyHolder {
  readonly #listPublicKeys: () => Promise<PublicJwk[]>;
  readonly #clock: Clock;
  #keys: ReadonlyMap<string, VerificationKey> = new Map();
  /** When the listing began that brought them. */
  #listedAt = -Infinity;
  /** Never more than one, and over in time: so no listing can overwrite a newer one. */
  #listing: Promise<void> | undefined;
  /** How many listings have begun, and how many of them when the last one ended that brought keys. */
  #begun = 0;
  #ended = 0;
  readonly #unknown = new Turnstile();

  constructor(listPublicKeys: () => Promise<PublicJwk[]>, clock: Clock) {
    this.#listPublicKeys = listPublicKeys;
    this.#clock = clock;
  }

  /**
   * Returns the key with this id, or undefined if the issuer does not publish it at present. While the
   * issuer fails to say, known keys go on.
   *
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when the issuer fails to say, of other keys
   */
  async find(kid: string): Promise<VerificationKey | undefined> {
    const known = this.atHand(kid);
    if (known) return known;
    try {
      await this.#listFor(kid);
    } catch (cause) {
      const last = this.#keys.get(kid);
      if (last && this.#age() < KEEP_THROUGH_OUTAGE) return last;
      const reason = `an issuer of this process cannot list its keys now: ${quote(String(cause))}`;
      throw createAuthError('AUTH_KEYS_UNAVAILABLE', reason, { cause });
    }
    return this.#keys.get(kid);
  }

  /** {@inheritDoc KeyHolder.atHand} */
  atHand(kid: string | undefined): VerificationKey | undefined {
    const key = this.#keys.get(kid ?? '');
    return key && this.#age() < REFRESH_AFTER ? key : undefined;
  }

  /**
   * Returns the key with this id; for an issuer that verifies its own tokens.
   *
   * @throws AuthenticationError `AUTH_KEY_UNKNOWN`
   */
  async require(kid: string | undefined): Promise<PublishedKey> {
    const key = kid === undefined ? undefined : await this.find(kid);
    if (key) return new PublishedKey({ key, holder: this, kid, find: () => this.require(kid) });
    throw createAuthError(
      'AUTH_KEY_UNKNOWN',
      `expected the key ${quote(kid ?? null)} of this issuer, found ${quote([...this.#keys.keys()])}; ` +
        'the token is of another installation, or older than the keys',
    );
  }

  async #listFor(kid: string): Promise<void> {
    if (this.#keys.has(kid)) return this.#list();
    // A listing that is under way may have begun before the key was published.
    const next = this.#begun + 1;
    while (this.#ended < next && !this.#keys.has(kid)) {
      const listing = this.#list();
      // Anybody can name keys that do not exist, and all who have waited for the listing would go on at once.
      await this.#unknown.passAfter(listing);
      await listing;
    }
  }

  /** Lists the keys, once for all who ask meanwhile. */
  #list(): Promise<void> {
    this.#listing ??= this.#takeListing().finally(() => (this.#listing = undefined));
    return this.#listing;
  }

  async #takeListing(): Promise<void> {
    const beganAt = this.#clock.monotonic();
    this.#begun += 1;
    const published = await endAfter(LISTING_PATIENCE, this.#clock, () => this.#listPublicKeys());
    this.#keys = new Map(published.flatMap(jwk => this.#import(jwk)));
    this.#listedAt = beganAt;
    this.#ended = this.#begun;
  }

  #age(): number {
    return this.#clock.monotonic() - this.#listedAt;
  }

  #import(jwk: PublicJwk): Array<[string, VerificationKey]> {
    const key = this.#keys.get(jwk.kid) ?? importVerificationKey(jwk);
    return typeof key === 'string' ? [] : [[key.kid, key]];
  }
}
