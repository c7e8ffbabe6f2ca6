import type { Random, Target } from './Target';
import { mutateTree } from './mutateTree';

type Grammar = Pick<Target, 'dictionary' | 'maxLength' | 'json'>;

/** Bytes that end, begin or break something in one of the grammars. */
const telling = Buffer.from(
  '\0\t\n\r "%\'()*,./:;=?[\\]{}-_~019aAzZ\x7f\x80\xbf\xc2\xed\xf0\xff',
  'latin1',
);

/** Texts that programs disagree about: a byte order mark, a surrogate, look-alikes of letters, an overlong dot. */
const contested = ['\ufeff', '\u212a', '\u0131', '\u00a0', '\u2028', '\u0000'].map(text =>
  Buffer.from(text),
);
const illFormed = [
  [0xed, 0xa0, 0x80],
  [0xc0, 0xae],
  [0xf4, 0x90, 0x80, 0x80],
].map(bytes => Buffer.from(bytes));

/**
 * Makes what changes inputs a little, in one to four places.
 *
 * @returns a function of the input, and of another one, of which it may take a part
 */
export function createMutator(grammar: Grammar, random: Random) {
  const { dictionary, maxLength, json } = grammar;
  const words = [...dictionary.map(word => Buffer.from(word)), ...contested, ...illFormed];
  return (input: Buffer, other: Buffer): Buffer => {
    let bytes = input;
    for (let times = 1 + random(4); times > 0; times -= 1) {
      const asTree = json !== undefined && random(2) === 0;
      const changed = asTree
        ? mutateLine(bytes, random, { json, dictionary, other })
        : mutateBytes(bytes, random, words, other);
      bytes = changed ?? bytes;
    }
    return bytes.subarray(0, maxLength);
  };
}

/** Changes one of the lines as a tree. */
function mutateLine(
  bytes: Buffer,
  random: Random,
  options: Pick<Target, 'dictionary' | 'json'> & { readonly other: Buffer },
): Buffer | undefined {
  if (options.json !== 'lines') return mutateTree(bytes, random, options);
  const lines = bytes.toString('latin1').split('\n');
  const chosen = random(lines.length);
  const line = mutateTree(Buffer.from(lines[chosen] ?? '', 'latin1'), random, options);
  return line && Buffer.from(lines.with(chosen, line.toString('latin1')).join('\n'), 'latin1');
}

function mutateBytes(bytes: Buffer, random: Random, words: Buffer[], other: Buffer): Buffer {
  const start = random(bytes.length + 1);
  const end = Math.min(bytes.length, start + 1 + random(random(4) === 0 ? bytes.length + 1 : 8));
  const part = bytes.subarray(start, end);
  const put = (middle: Buffer, until = start) =>
    Buffer.concat([bytes.subarray(0, start), middle, bytes.subarray(until)]);
  switch (random(9)) {
    case 0:
      return put(Buffer.from([random(256)]), end);
    case 1:
      return put(Buffer.from([telling[random(telling.length)]!]), random(2) ? end : start);
    case 2:
      return put(words[random(words.length)]!);
    case 3:
      return put(words[random(words.length)]!, end);
    case 4:
      return put(Buffer.alloc(0), end);
    case 5:
      return put(part, random(2) ? start : end);
    case 6:
      // A part many times over: what is not linear shows itself.
      return put(Buffer.concat(Array.from({ length: 1 << random(9) }, () => part)));
    case 7: {
      const from = random(other.length + 1);
      return put(other.subarray(from, from + 1 + random(64)), random(2) ? end : start);
    }
    default: {
      const flipped = Buffer.from(bytes);
      if (start < bytes.length) flipped[start]! ^= 1 << random(8);
      return flipped;
    }
  }
}
