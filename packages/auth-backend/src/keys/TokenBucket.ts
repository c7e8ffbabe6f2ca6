import type { Clock } from '@stagepass/auth-node';

/** Lets something happen a few times at once, and then at an even rate. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #refillEvery: number;
  readonly #clock: Clock;
  #level: number;
  #filledAt: number;

  /** @param options - `capacity`: how often at once; `refillEvery`: milliseconds until once more */
  constructor(options: { capacity: number; refillEvery: number; clock: Clock }) {
    this.#capacity = options.capacity;
    this.#refillEvery = options.refillEvery;
    this.#clock = options.clock;
    this.#level = options.capacity;
    this.#filledAt = options.clock.monotonic();
  }

  /** Takes one, and tells whether there was one to take. */
  take(): boolean {
    const refilled = Math.floor((this.#clock.monotonic() - this.#filledAt) / this.#refillEvery);
    if (refilled > 0) {
      this.#level = Math.min(this.#capacity, this.#level + refilled);
      this.#filledAt += refilled * this.#refillEvery;
    }
    if (this.#level === 0) return false;
    this.#level -= 1;
    return true;
  }

  /** Returns after how many milliseconds there is the next one, at the latest. */
  nextIn(): number {
    return Math.max(0, this.#filledAt + this.#refillEvery - this.#clock.monotonic());
  }

  /** Gives one back that was taken, when it turned out to be well spent. */
  giveBack(): void {
    this.#level = Math.min(this.#capacity, this.#level + 1);
  }
}
