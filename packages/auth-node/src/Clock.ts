/**
 * Where time comes from: the only door to `Date.now` and timers, so that tests can move time.
 *
 * @public
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch; for comparing with what tokens and rows say. */
  now(): number;
  /** Milliseconds from an arbitrary start that never jump; for durations inside the process. */
  monotonic(): number;
  /**
   * Calls back once after the given milliseconds, without keeping the process alive.
   *
   * @returns a function that cancels the call
   */
  setTimeout(callback: () => void, milliseconds: number): () => void;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout(callback, milliseconds) {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
