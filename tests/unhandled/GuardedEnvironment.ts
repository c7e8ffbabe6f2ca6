import { TestEnvironment } from 'jest-environment-node';

/** How often the event loop goes round before a file is over, so that what its tests left behind shows. */
const ROUNDS = 5;

/**
 * The environment of every test file: a rejection that nobody handles and an exception that nobody catches
 * fail the file. While a test runs Jest sees to that; what happens after the last one would otherwise end the
 * whole run, or go unseen.
 */
export default class GuardedEnvironment extends TestEnvironment {
  readonly #left: unknown[] = [];
  readonly #note = (error: unknown) => void this.#left.push(error);

  override async setup(): Promise<void> {
    await super.setup();
    process.on('unhandledRejection', this.#note);
    process.on('uncaughtException', this.#note);
  }

  override async teardown(): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      await new Promise(resolve => setImmediate(resolve));
    }
    process.off('unhandledRejection', this.#note);
    process.off('uncaughtException', this.#note);
    await super.teardown();
    if (this.#left.length > 0) {
      throw new Error(`Left behind by the tests of this file: ${this.#left.map(tell).join('\n')}`);
    }
  }
}

function tell(error: unknown): string {
  return error instanceof Error ? String(error.stack) : String(error);
}
