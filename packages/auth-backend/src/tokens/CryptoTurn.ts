import { setImmediate } from 'node:timers';

/**
 * How many signatures one turn of the event loop computes by itself: a third of a millisecond's work. The thread pool
 * takes as long again for a single one, and is faster for many.
 */
const SIGNATURES_PER_TURN = 4;

/** Says whether the next signature is computed at once or on the thread pool; one for all plugins of a process. */
export class CryptoTurn {
  #left = SIGNATURES_PER_TURN;

  /** Takes one of the signatures of this turn, and tells whether there was one left. */
  take(): boolean {
    if (this.#left === 0) return false;
    if (this.#left === SIGNATURES_PER_TURN) {
      setImmediate(() => (this.#left = SIGNATURES_PER_TURN));
    }
    this.#left -= 1;
    return true;
  }
}
