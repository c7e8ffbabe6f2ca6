import type { Clock } from '@stagepass/auth-node';

/**
 * A length of time: milliseconds, or an object whose members are added up.
 *
 * @public
 */
export type TestDuration =
  | number
  | { days?: number; hours?: number; minutes?: number; seconds?: number; milliseconds?: number };

/**
 * A clock that stands still until a test moves it, and runs the timers that come due on the way.
 *
 * @example
 * ```ts
 * const clock = new TestClock();
 * clock.advance({ hours: 1, minutes: 5 });
 * ```
 *
 * @public
 */
export class TestClock implements Clock {
  #wall: number;
  #monotonic = 0;
  #timers: Array<{ due: number; callback: () => void }> = [];

  /** @param start - the wall-clock time at first; default noon UTC on 1 January 2026 */
  constructor(start: Date | number | string = Date.UTC(2026, 0, 1, 12)) {
    this.#wall = toTime(start);
  }

  /** {@inheritDoc @stagepass/auth-node#Clock.now} */
  now(): number {
    return this.#wall;
  }

  /** {@inheritDoc @stagepass/auth-node#Clock.monotonic} */
  monotonic(): number {
    return this.#monotonic;
  }

  /**
   * Calls back once, when the clock has been advanced by the given milliseconds.
   *
   * @throws RangeError for a delay that Node's timers would turn into 1 ms
   */
  setTimeout(callback: () => void, milliseconds: number): () => void {
    if (!(milliseconds <= longestTimeout)) {
      throw new RangeError(`A timer takes at most ${longestTimeout} ms, not ${milliseconds}`);
    }
    const timer = { due: this.#monotonic + Math.max(0, milliseconds), callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer);
    };
  }

  /** How many timers wait to be called. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /**
   * Moves wall clock and monotonic time forward together. Timers that come due are called in the order
   * of their times, those of one time in the order in which they were set; each sees its own time.
   *
   * @throws RangeError for a negative duration; {@link TestClock.setTime} moves the wall clock back
   */
  advance(duration: TestDuration): void {
    const milliseconds = toMilliseconds(duration);
    if (!(milliseconds >= 0 && milliseconds < Infinity)) {
      throw new RangeError(`Time advances by a number of milliseconds >= 0, not ${milliseconds}`);
    }
    const end = this.#monotonic + milliseconds;
    for (let timer = this.#takeDue(end); timer; timer = this.#takeDue(end)) {
      this.#moveTo(timer.due);
      timer.callback();
    }
    this.#moveTo(end);
  }

  /** Sets the wall clock, as an administrator or NTP would: monotonic time and timers do not notice. */
  setTime(time: Date | number | string): void {
    this.#wall = toTime(time);
  }

  #moveTo(monotonic: number): void {
    this.#wall += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }

  #takeDue(end: number) {
    const due = this.#timers.filter(timer => timer.due <= end);
    if (due.length === 0) return undefined;
    const first = due.reduce((earliest, timer) => (timer.due < earliest.due ? timer : earliest));
    this.#timers = this.#timers.filter(timer => timer !== first);
    return first;
  }
}

const longestTimeout = 2 ** 31 - 1;

function toMilliseconds(duration: TestDuration): number {
  if (typeof duration === 'number') return duration;
  const { days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = duration;
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}

function toTime(time: Date | number | string): number {
  const milliseconds = new Date(time).getTime();
  if (Number.isNaN(milliseconds)) throw new RangeError(`Not a time: ${String(time)}`);
  return milliseconds;
}
