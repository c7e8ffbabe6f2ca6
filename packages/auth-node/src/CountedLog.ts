import type { JsonObject } from '@backstage/types';
import type { Clock } from './Clock';

/** How long lines of a kind are counted together, in milliseconds. */
const WINDOW = 10_000;

/** How many different lines of a kind are written in that time. */
const MAX_WRITTEN = 3;

interface Line {
  /** Made when it is written: most lines are not. */
  readonly message: () => string;
  readonly meta: JsonObject;
}

interface Window {
  readonly endsAt: number;
  readonly written: Set<string>;
  /** What came beyond that. */
  counted: number;
  last?: Line;
  cancelEnd: () => void;
}

/**
 * A log of what anybody can cause as often as they like: the first few different lines of a kind are written
 * as they come, and all further ones of the next ten seconds are counted, and told in one line.
 *
 * It never holds more than a few lines of each kind, and no timer of it keeps the process alive.
 */
export class CountedLog {
  readonly #write: (message: string, meta: JsonObject) => void;
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(options: { write: (message: string, meta: JsonObject) => void; clock: Clock }) {
    this.#write = options.write;
    this.#clock = options.clock;
  }

  /**
   * Writes a line, or counts it.
   *
   * @param kind - what is counted together; one of few, since each has a window of its own
   */
  tell(kind: string, message: () => string, meta: JsonObject = {}): void {
    const window = this.#windowOf(kind);
    if (window.written.size < MAX_WRITTEN) {
      const text = message();
      if (!window.written.has(text)) {
        window.written.add(text);
        this.#tryWrite(text, meta);
        return;
      }
    }
    if (window.counted === 0) {
      const remaining = window.endsAt - this.#clock.monotonic();
      window.cancelEnd = this.#clock.setTimeout(() => this.#end(kind), remaining);
    }
    window.counted += 1;
    window.last = { message, meta };
  }

  /** Tells what was counted so far. */
  close(): void {
    for (const kind of [...this.#windows.keys()]) this.#end(kind);
  }

  #windowOf(kind: string): Window {
    const now = this.#clock.monotonic();
    const present = this.#windows.get(kind);
    if (present && now < present.endsAt) return present;
    // Its timer may be late, or there is none.
    this.#end(kind);
    const window = { endsAt: now + WINDOW, written: new Set<string>(), counted: 0, cancelEnd() {} };
    this.#windows.set(kind, window);
    return window;
  }

  #end(kind: string): void {
    const window = this.#windows.get(kind);
    this.#windows.delete(kind);
    window?.cancelEnd();
    if (!window?.last) return;
    const { counted, last } = window;
    const counts = `(the last of ${counted} in ${WINDOW / 1000} s that were counted, not told)`;
    this.#tryWrite(`${last.message()} ${counts}`, { ...last.meta, count: counted });
  }

  #tryWrite(message: string, meta: JsonObject): void {
    try {
      this.#write(message, meta);
    } catch {
      // A logger that fails must not change what a caller is answered, nor end the process.
    }
  }
}
