import { describeTimes, inWords } from './describeTimes';

const NOW = Date.UTC(2026, 0, 1, 12);
const at = (seconds: number) => NOW / 1000 + seconds;

describe('the times of a token', () => {
  it('are told as seen from now', () => {
    expect(describeTimes({ iat: at(-300), nbf: at(-300), exp: at(3300) }, NOW)).toEqual({
      issued: { at: '2026-01-01T11:55:00.000Z', inWords: '5 minutes ago' },
      validFrom: { at: '2026-01-01T11:55:00.000Z', inWords: '5 minutes ago' },
      expires: { at: '2026-01-01T12:55:00.000Z', inWords: 'in 55 minutes' },
    });
  });

  it.each([
    [{ exp: at(0) }, { expires: 'expired less than a second ago' }],
    [{ exp: at(-1) }, { expires: 'expired 1 second ago' }],
    [{ exp: at(-93_784) }, { expires: 'expired 1 day 2 hours ago' }],
    [{ iat: at(90) }, { issued: 'in the future, in 1 minute 30 seconds' }],
    [{ nbf: at(7200) }, { validFrom: 'not valid yet in 2 hours' }],
  ])('say what is odd about them: %j', (claims, expected) => {
    const times = Object.entries(describeTimes(claims, NOW) ?? {});
    expect(Object.fromEntries(times.map(([name, time]) => [name, time.inWords]))).toEqual(expected);
  });

  it.each([
    {},
    { exp: 'soon', iat: null, nbf: [1] },
    { exp: 1e300 },
    { exp: Number.MAX_SAFE_INTEGER },
  ])('are left out where they are none: %j', claims => {
    expect(describeTimes(claims, NOW)).toBeUndefined();
  });
});

it.each([
  [0, 'less than a second'],
  [59.6, '1 minute'],
  [3600, '1 hour'],
  [3605, '1 hour'],
  [86_400 * 3 + 3600 * 5 + 60, '3 days 5 hours'],
])('writes %d s as %s', (seconds, expected) => {
  expect(inWords(seconds)).toBe(expected);
});
