import type { VerificationKey } from '../tokens/verifyJws';

/** A set of published keys that knows by itself which it has. */
export interface KeyHolder {
  /**
   * Returns the key that is published under the id, without asking anybody; undefined also where somebody would have
   * to be asked by now.
   */
  atHand(kid: string | undefined): VerificationKey | undefined;
}

/** A key as an issuer publishes it. What it proved holds as long as it is published. */
export class PublishedKey {
  readonly key: VerificationKey;
  readonly #holder: KeyHolder;
  /** As the token names it: a third party's may name none. */
  readonly #kid: string | undefined;
  readonly #find: () => PublishedKey | Promise<PublishedKey>;

  /** @param options - `find`: finds it as it was found, where `holder` does not know */
  constructor(options: {
    key: VerificationKey;
    holder: KeyHolder;
    kid: string | undefined;
    find: () => PublishedKey | Promise<PublishedKey>;
  }) {
    this.key = options.key;
    this.#holder = options.holder;
    this.#kid = options.kid;
    this.#find = options.find;
  }

  /** Tells whether this very key is known to be published; where it is not, {@link confirm} asks. */
  isPublished(): boolean {
    return this.#holder.atHand(this.#kid) === this.key;
  }

  /** Looks whether this very key is published; a key that cannot be had is not. */
  async confirm(): Promise<boolean> {
    if (this.isPublished()) return true;
    try {
      const { key } = await this.#find();
      return key === this.key;
    } catch {
      // Who verifies the token anew says why.
      return false;
    }
  }
}
