import { createAuthError, quote } from '@stagepass/auth-node/internal';
import { Sightings } from './Sightings';

/** What is remembered of tokens in one process, at most. */
export interface MemoryLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** For a process, or a service, that is to remember nothing. */
export const noMemory: MemoryLimits = { maxEntries: 0, maxBytes: 0 };

/**
 * Reads the option `cache` of a backend; what it leaves out is enough for a busy one.
 *
 * @throws Error `AUTH_CONFIG_INVALID`
 */
export function readMemoryLimits(
  cache: false | { maxEntries?: number; maxBytes?: number } = {},
): MemoryLimits {
  if (cache === false) return noMemory;
  const { maxEntries = 10_000, maxBytes = 16 * 1024 * 1024 } = cache;
  for (const [name, value] of Object.entries({ maxEntries, maxBytes })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `cache.${name}: expected a whole number of at least 0, found ${quote(value)}`,
    );
  }
  return { maxEntries, maxBytes };
}

/** A memory that can let its older half go. */
export interface Ageing {
  /** Forgets what was not used since this was called the last time, and tells whether anything is left. */
  age(): boolean;
}

/**
 * Bounds what all memories of a process hold together. What is remembered is young; when half of the limit is young,
 * everything grows older by one step, and what has grown old twice without being used is forgotten. That costs
 * nothing on a use, and forgetting is never work that grows with what is remembered.
 */
export class MemoryBudget {
  /** What was seen by all memories together, for those that remember only what comes again. */
  readonly sightings = new Sightings();
  readonly #limits: MemoryLimits;
  #entries = 0;
  #bytes = 0;
  /** Those that hold anything. */
  readonly #memories = new Set<Ageing>();

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  /** Makes room for an entry among the young, and tells whether there may be one of this size at all. */
  take(memory: Ageing, bytes: number): boolean {
    const { maxEntries, maxBytes } = this.#limits;
    if (maxEntries < 2 || bytes > maxBytes / 2) return false;
    if (this.#entries + 1 > maxEntries / 2 || this.#bytes + bytes > maxBytes / 2) this.#age();
    this.#entries += 1;
    this.#bytes += bytes;
    this.#memories.add(memory);
    return true;
  }

  #age(): void {
    this.#entries = 0;
    this.#bytes = 0;
    for (const memory of this.#memories) {
      if (!memory.age()) this.#memories.delete(memory);
    }
  }
}
