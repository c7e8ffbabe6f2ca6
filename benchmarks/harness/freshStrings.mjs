import { Buffer } from 'node:buffer';

/**
 * Copies a text as if it had just come from a socket: flat, and with no hash computed. Without this a
 * lookup by token compares pointers, and the row measures nothing.
 *
 * @param {string} text - of ASCII, as tokens are
 */
export function freshCopy(text) {
  return Buffer.from(text, 'latin1').toString('latin1');
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
