import type { Clock } from '@stagepass/auth-node';

/**
 * By when keys are dropped: by the clock of this host or by that of the store, as it was last asked, whichever
 * is behind. A host whose clock is ahead thus takes no key away with which the tokens of others are verified.
 */
export class StoreTime {
  readonly #clock: Clock;
  #told: { readonly time: number; readonly at: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes what the store says now. */
  note(time: Date): void {
    this.#told = { time: time.getTime(), at: this.#clock.monotonic() };
  }

  /** Milliseconds since the epoch. */
  now(): number {
    const own = this.#clock.now();
    if (!this.#told) return own;
    return Math.min(own, this.#told.time + (this.#clock.monotonic() - this.#told.at));
  }
}
