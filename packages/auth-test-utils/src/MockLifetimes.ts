import type { Clock } from '@stagepass/auth-node';
import { createAuthError, systemClock } from '@stagepass/auth-node/internal';

/** How long mock tokens are good, or are said to be, in milliseconds. */
const TOKEN_LIFETIME = 3_600_000;

/**
 * When mock tokens end. Those that say when they expire do. The others, which are Backstage's strings, never
 * do, unless a test gives the clock: then they count as issued when the service was made.
 */
export class MockLifetimes {
  readonly #clock: Clock;
  readonly #defaultEnd: Date | undefined;

  /** @param clock - that of a test; without one it is the machine's */
  constructor(clock: Clock | undefined) {
    this.#clock = clock ?? systemClock;
    this.#defaultEnd = clock && this.#inAnHour();
  }

  /** Returns when a token expires; undefined when never. */
  endOf(exp: number | undefined): Date | undefined {
    return exp === undefined ? this.#defaultEnd : new Date(exp * 1000);
  }

  /** Requires that it has not expired yet; without skew, as the real service. */
  require(end: Date | undefined, what: string): void {
    const now = this.#clock.now();
    if (end === undefined || end.getTime() > now) return;
    throw createAuthError(
      'AUTH_TOKEN_EXPIRED',
      `the ${what} expired at ${printTime(end.getTime())}, now is ${printTime(now)}`,
    );
  }

  /** When a token expires that is issued now for somebody whose own ends then; undefined when never. */
  endOfIssued(origin?: Date): Date | undefined {
    const end = this.#defaultEnd && this.#inAnHour();
    return origin && end ? new Date(Math.min(origin.getTime(), end.getTime())) : (origin ?? end);
  }

  /** What is said of a token that never expires, as Backstage's mocks say it. */
  #inAnHour(): Date {
    return new Date(this.#clock.now() + TOKEN_LIFETIME);
  }

  /** What to say when a token expires, whether it does or not. */
  toldEnd(end: Date | undefined): Date {
    return end ?? this.#inAnHour();
  }
}

function printTime(time: number): string {
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15
    ? new Date(time).toISOString()
    : `${time / 1000} seconds`;
}
