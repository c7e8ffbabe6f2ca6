import { setImmediate } from 'node:timers';

/** How many go on in one turn of the event loop: refusing them takes a few milliseconds. */
const EACH_TURN = 64;

/** Lets those who have waited for the same thing go on a few at a time, so that they do not hold up all others. */
export class Turnstile {
  #waiting: Array<() => void> = [];

  /** Waits for the turn of the caller: in the order of the calls. */
  pass(): Promise<void> {
    return new Promise(resolve => {
      if (this.#waiting.push(resolve) === 1) setImmediate(() => this.#admit());
    });
  }

  #admit(): void {
    const admitted = this.#waiting.slice(0, EACH_TURN);
    this.#waiting = this.#waiting.slice(EACH_TURN);
    if (this.#waiting.length > 0) setImmediate(() => this.#admit());
    for (const resolve of admitted) resolve();
  }
}
