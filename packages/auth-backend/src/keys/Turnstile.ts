import { setImmediate } from 'node:timers';

/** How many go on in one turn of the event loop: refusing them takes a few milliseconds. */
const EACH_TURN = 64;

/** Lets those who have waited for the same thing go on a few at a time, so that they do not hold up all others. */
export class Turnstile {
  #task: Promise<unknown> | undefined;
  /** Those who wait for it. */
  #waiting: Array<() => void> = [];
  /** Those who need to wait for nothing but their turn. */
  #ready: Array<() => void> = [];

  /** Waits until a task has ended, however it did, and then for the turn of the caller: in the order of the calls. */
  passAfter(task: Promise<unknown>): Promise<void> {
    if (task !== this.#task) this.#expect(task);
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  #expect(task: Promise<unknown>): void {
    const waiting: Array<() => void> = [];
    this.#task = task;
    this.#waiting = waiting;
    const open = () => {
      if (this.#task === task) this.#task = undefined;
      const isBusy = this.#ready.length > 0;
      this.#ready = this.#ready.concat(waiting);
      if (!isBusy) this.#admit();
    };
    task.then(open, open);
  }

  #admit(): void {
    const admitted = this.#ready.slice(0, EACH_TURN);
    this.#ready = this.#ready.slice(EACH_TURN);
    if (this.#ready.length > 0) setImmediate(() => this.#admit());
    for (const resolve of admitted) resolve();
  }
}
