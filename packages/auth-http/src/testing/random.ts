/** Returns a source of whole numbers below a limit that is the same for the same seed (mulberry32). */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return limit => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** Returns up to `length` random entries of a list, joined. */
export function randomText(
  random: (limit: number) => number,
  parts: readonly string[],
  length: number,
): string {
  return Array.from({ length: random(length + 1) }, () => parts[random(parts.length)]).join('');
}
