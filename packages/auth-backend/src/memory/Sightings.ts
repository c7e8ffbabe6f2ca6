/** How many tokens are noted at a time; four bytes each. */
const SLOTS = 16_384;

/** By how many characters a token is noted: of its signature, but for the last one, which holds few bits. */
const MARK_LENGTH = 8;

/**
 * Notes which tokens were seen, and tells those that come again. Tokens that end alike are one to it, and a newer one
 * takes the place of an older one: it decides only what is worth remembering, never what a token proves.
 */
export class Sightings {
  readonly #marks = new Uint32Array(SLOTS);

  /** Tells whether a token was noted before, and notes it. */
  isRepeated(token: string): boolean {
    const end = token.length - 1;
    let mark = 0;
    for (let at = Math.max(0, end - MARK_LENGTH); at < end; at += 1) {
      mark = (Math.imul(mark, 31) + token.charCodeAt(at)) >>> 0;
    }
    const slot = mark % SLOTS;
    if (this.#marks[slot] === mark) return true;
    this.#marks[slot] = mark;
    return false;
  }
}
