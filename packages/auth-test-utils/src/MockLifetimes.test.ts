import type { Clock } from '@stagepass/auth-node';
import { MockLifetimes } from './MockLifetimes';
import { TestClock } from './TestClock';

const NOON = Date.UTC(2026, 4, 1, 12);
const HOUR = 3_600_000;
const at = (now: number): Clock => Object.assign(new TestClock(), { now: () => now });
const expired = (reason: string) =>
  expect.objectContaining({
    name: 'AuthenticationError',
    code: 'AUTH_TOKEN_EXPIRED',
    message: 'Illegal token',
    reason,
  }) as Error;

describe('MockLifetimes', () => {
  it.each([
    ['what ends later', NOON + 2 * HOUR, NOON + HOUR],
    ['what ends in an hour', NOON + HOUR, NOON + HOUR],
    ['what ends sooner', NOON + HOUR / 2, NOON + HOUR / 2],
  ])('issues for an hour and never beyond %s', (_, origin, end) => {
    const lifetimes = new MockLifetimes(new TestClock(NOON));
    expect(lifetimes.endOfIssued(new Date(origin))).toEqual(new Date(end));
    expect(new MockLifetimes(undefined).endOfIssued(new Date(origin))).toEqual(new Date(origin));
  });

  it('lets what says no end last for ever without a clock, and an hour from its making with one', () => {
    const clock = new TestClock(NOON);
    const lifetimes = new MockLifetimes(clock);
    clock.advance(HOUR / 2);
    expect(lifetimes.endOf(undefined)).toEqual(new Date(NOON + HOUR));
    expect(lifetimes.endOfIssued()).toEqual(new Date(NOON + 1.5 * HOUR));
    expect(new MockLifetimes(undefined).endOf(undefined)).toBeUndefined();
    expect(new MockLifetimes(undefined).endOfIssued()).toBeUndefined();
  });

  it('lets a token be good until the millisecond before its end', () => {
    const end = new Date(NOON);
    expect(new MockLifetimes(at(NOON - 1)).require(end, 'token')).toBeUndefined();
    expect(() => new MockLifetimes(at(NOON)).require(end, 'token')).toThrow(
      expired('the token expired at 2026-05-01T12:00:00.000Z, now is 2026-05-01T12:00:00.000Z'),
    );
  });

  it.each([
    ['at the last moment of a Date', 8.64e15, '+275760-09-13T00:00:00.000Z'],
    ['beyond it', 8.64e15 + 1, '8640000000000.001 seconds'],
    ['far beyond it', 9e18, '9000000000000000 seconds'],
    ['at the end of time', Infinity, 'Infinity seconds'],
  ])('says what time it is %s', (_, now, printed) => {
    expect(() => new MockLifetimes(at(now)).require(new Date(0), 'token')).toThrow(
      expired(`the token expired at 1970-01-01T00:00:00.000Z, now is ${printed}`),
    );
  });

  it.each([NaN, 8.64e15 + 1, -8.64e15 - 1])('refuses what ends at no time, as %p', end => {
    const lifetimes = new MockLifetimes(at(NOON));
    expect(() => lifetimes.require(new Date(end), 'token')).toThrow(
      expired('the token expired at NaN seconds, now is 2026-05-01T12:00:00.000Z'),
    );
  });

  it('takes the first moment of a Date for one that is over', () => {
    expect(() => new MockLifetimes(at(NOON)).require(new Date(-8.64e15), 'token')).toThrow(
      expired('the token expired at -271821-04-20T00:00:00.000Z, now is 2026-05-01T12:00:00.000Z'),
    );
  });
});
