/**
 * Names that were noted not long ago: half of a limit for sure, and never more than all of it. Nothing is done for
 * each name that is forgotten, however many come.
 */
export class RecentNames {
  readonly #most: number;
  #young = new Set<string>();
  #old = new Set<string>();

  /** @param limit - how many names are kept at most */
  constructor(limit: number) {
    this.#most = limit / 2;
  }

  has(name: string): boolean {
    return this.#young.has(name) || this.#old.has(name);
  }

  /** Notes a name, again if it is there. */
  add(name: string): void {
    if (this.#young.has(name)) return;
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(name);
  }

  /** Returns names of its own, the same to begin with. */
  copy(): RecentNames {
    const copy = new RecentNames(this.#most * 2);
    copy.#young = new Set(this.#young);
    copy.#old = new Set(this.#old);
    return copy;
  }
}
