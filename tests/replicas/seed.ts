import { randomInt } from 'node:crypto';

/** Chooses a seed and prints it: set `STAGEPASS_SEED` to have the same one again. */
export function chooseSeed(title: string): number {
  const seed = Number(process.env.STAGEPASS_SEED ?? randomInt(2 ** 32));
  process.stdout.write(`${title}: STAGEPASS_SEED=${seed}\n`);
  return seed;
}

/** Numbers from 0 to 1 from a seed that is printed. */
export function seededRandom(title: string): () => number {
  return randomFrom(chooseSeed(title));
}

/** Numbers from 0 to 1 from a seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  // The generator mulberry32.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns the items in another order. */
export function shuffled<TItem>(items: readonly TItem[], random: () => number): TItem[] {
  return items
    .map(item => ({ item, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}
