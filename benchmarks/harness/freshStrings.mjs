import { Buffer } from 'node:buffer';

/** Longer than any token; one for all copies, so that a copy within an operation costs as little as it can. */
const scratch = Buffer.alloc(64 * 1024);

/**
 * Copies a text as if it had just come from a socket: flat, and with no hash computed. Without this a
 * lookup by token compares pointers, and the row measures nothing.
 *
 * @param {string} text - of ASCII, as tokens are
 */
export function freshCopy(text) {
  if (text.length > scratch.length) throw new Error(`a text of ${text.length} characters`);
  return scratch.latin1Slice(0, scratch.latin1Write(text));
}

/**
 * Makes one fresh copy for each operation, of one text after the other.
 *
 * @param {string[]} texts
 * @param {number} count
 */
export function freshCopies(texts, count) {
  return Array.from({ length: count }, (_, index) => freshCopy(texts[index % texts.length]));
}
