import type { Network } from './fetchKeySet';

const SECOND = 1_000;

/** The pause after a failure is this long at first, and doubled with each further one up to the limit. */
const FIRST_PAUSE = 1 * SECOND;
const LONGEST_PAUSE = 30 * SECOND;

/** The limit for who is refused until the host answers: it may be back for 5 s at most before they are heard. */
const LONGEST_PAUSE_WHILE_REFUSING = 4 * SECOND;

/** How much of a pause is left to chance. */
const JITTER = 0.25;

/**
 * Says when a host that failed may be asked again: whatever the load, once in each pause. Pauses are counted
 * from the beginning of the failed request, so that a host that lets everybody wait is not waited for twice.
 */
export class RetryPause {
  readonly #network: Pick<Network, 'clock' | 'random'>;
  #failures = 0;
  #endsAt = -Infinity;
  #endsAtWhileRefusing = -Infinity;

  constructor(network: Pick<Network, 'clock' | 'random'>) {
    this.#network = network;
  }

  /** Tells whether the last request failed. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** Tells whether the host may be asked now. */
  isOver(isRefusing: boolean): boolean {
    const now = this.#network.clock.monotonic();
    return now >= (isRefusing ? this.#endsAtWhileRefusing : this.#endsAt);
  }

  /** Notes that a request failed that began at the given monotonic time. */
  noteFailure(beganAt: number): void {
    const { random = Math.random } = this.#network;
    const share = 1 - JITTER * random();
    const pause = FIRST_PAUSE * 2 ** this.#failures;
    this.#failures += 1;
    this.#endsAt = beganAt + share * Math.min(pause, LONGEST_PAUSE);
    this.#endsAtWhileRefusing = beganAt + share * Math.min(pause, LONGEST_PAUSE_WHILE_REFUSING);
  }

  noteSuccess(): void {
    this.#failures = 0;
    this.#endsAt = this.#endsAtWhileRefusing = -Infinity;
  }
}
