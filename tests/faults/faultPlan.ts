import type { Fault } from './FaultProxy';

/** A time without a fault and then one with; times in milliseconds. */
export interface Round {
  readonly calm: number;
  readonly fault: Fault;
  readonly duration: number;
}

/** How many runs there are, each with a seed of its own. */
export const RUNS = 20;

const kinds: ReadonlyArray<(random: () => number) => Fault> = [
  random => ({ kind: 'latency', milliseconds: 50 + 400 * random(), jitter: 1_000 * random() }),
  random => ({ kind: 'reset', afterBytes: Math.floor(600 * random()) }),
  () => ({ kind: 'refuse' }),
  () => ({ kind: 'hang' }),
  () => ({ kind: 'half-open' }),
  () => ({ kind: 'drip', bytesPerSecond: 1_000 }),
  () => ({ kind: 'drip', bytesPerSecond: 20 }),
];

/**
 * Plans the faults of one run.
 *
 * @param run - its number; the runs begin with different kinds of faults, so that all of them occur
 */
export function planFaults(run: number, random: () => number, rounds: number): Round[] {
  return Array.from({ length: rounds }, (_, round) => {
    const kind = round === 0 ? run % kinds.length : Math.floor(random() * kinds.length);
    return {
      calm: 1_000 + 2_000 * random(),
      fault: kinds[kind]!(random),
      duration: 2_000 + 6_000 * random(),
    };
  });
}
