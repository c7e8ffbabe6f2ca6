import { invalidClaim, isWithin, readSubject, readTimes, tellParty } from './claims';

const now = 1_800_000_000;
const good = { iat: now - 10, exp: now + 3600 };

describe('readTimes', () => {
  it.each<[{ iat: number; exp: number; nbf?: number }, string]>([
    [{ iat: good.iat, exp: good.exp }, 'plain times'],
    [{ iat: now, exp: now + 1 }, 'a second left'],
    [{ iat: now + 60, exp: now + 3600 }, 'an issuer whose clock is a minute ahead'],
    [{ ...good, nbf: now + 60 }, 'a not-before within the leeway'],
    [{ ...good, exp: 4_102_444_800 }, 'an expiry after 2038'],
    [{ ...good, exp: 253_402_300_799 }, 'an expiry on the last day of the calendar'],
    [{ iat: now + 10, exp: now + 10 }, 'a life of no second, in the future'],
    [{ iat: 0, exp: now + 1, nbf: 0 }, 'times that began in 1970'],
  ])('accepts %j: %s', claims => {
    const { iat, exp, nbf = iat } = claims;
    const times = { iat, validFrom: Math.max(iat, nbf), exp };
    expect(readTimes(claims, now)).toEqual(times);
    expect(isWithin(times, now)).toBe(true);
  });

  it.each<[Record<string, number>, string, RegExp]>([
    [
      { ...good, exp: now },
      'AUTH_TOKEN_EXPIRED',
      /^the token expired at 2027-01-15T08:00:00[.]000Z, it is 2027-01-15T08:00:00[.]000Z now; /,
    ],
    [{ ...good, exp: now - 1 }, 'AUTH_TOKEN_EXPIRED', /get a new one$/],
    [{ iat: now + 61, exp: now + 3600 }, 'AUTH_TOKEN_NOT_YET_VALID', /check the clocks/],
    [{ ...good, nbf: now + 61 }, 'AUTH_TOKEN_NOT_YET_VALID', /^the token is valid from/],
    [
      { iat: now + 30, exp: now + 20 },
      'AUTH_CLAIM_INVALID',
      /^claim exp: expected a time after iat/,
    ],
    [{ iat: now + 61, exp: now + 99, nbf: now }, 'AUTH_TOKEN_NOT_YET_VALID', /^the token is valid/],
    [{ ...good, exp: 253_402_300_800 }, 'AUTH_CLAIM_INVALID', /found 253402300800$/],
    [{ exp: 0, iat: 0 }, 'AUTH_TOKEN_EXPIRED', /^the token expired at 1970-01-01/],
  ])('refuses %j with %s', (claims, code, reason) => {
    expect(() => readTimes(claims, now)).toThrow(
      expect.objectContaining({
        code,
        message: 'Illegal token',
        reason: expect.stringMatching(reason) as unknown,
      }),
    );
  });

  const wrong = [undefined, null, '1800003600', 1_800_003_600.5, -1, 1e15, Infinity, true, [], {}];
  it.each(
    (['iat', 'exp', 'nbf'] as const).flatMap(name => wrong.map(value => [name, value] as const)),
  )('refuses %s = %p', (name, value) => {
    expect(() => readTimes({ ...good, [name]: value as never }, now)).toThrow(
      expect.objectContaining({
        code: 'AUTH_CLAIM_INVALID',
        reason: expect.stringMatching(
          new RegExp(`^claim ${name}: expected whole seconds since the epoch, found `),
        ) as unknown,
      }),
    );
  });

  it.each(['iat', 'exp'])('requires %s', name => {
    const { [name]: _, ...claims } = good as Record<string, number>;
    expect(() => readTimes(claims, now)).toThrow(
      expect.objectContaining({ code: 'AUTH_CLAIM_INVALID' }),
    );
  });
});

describe('readTimes of a third party', () => {
  it.each<[object, object]>([
    [{ exp: now + 1 }, { iat: 0, validFrom: 0, exp: now + 1 }],
    [
      { iat: now - 0.5, exp: now + 0.5 },
      { iat: now - 0.5, validFrom: now - 0.5, exp: now + 0.5 },
    ],
    [
      { iat: now, exp: now + 1, nbf: now + 0.25 },
      { iat: now, validFrom: now + 0.25, exp: now + 1 },
    ],
  ])('reads %j', (claims, times) => {
    expect(readTimes(claims as typeof good, now, { thirdParty: true })).toEqual(times);
  });

  it.each([
    [{ iat: null, exp: now + 1 }, 'claim iat: expected seconds since the epoch, found null'],
    [{ iat: now }, 'claim exp: expected seconds since the epoch, found none'],
    [{ exp: 'x' }, 'claim exp: expected seconds since the epoch, found a string of 1 characters'],
    [
      { exp: String(now + 1) },
      'claim exp: expected seconds since the epoch, found a string of 10 characters',
    ],
    [{ exp: now, nbf: -0.5 }, 'claim nbf: expected seconds since the epoch, found -0.5'],
  ])('refuses %j', (claims, reason) => {
    expect(() => readTimes(claims as never, now, { thirdParty: true })).toThrow(
      expect.objectContaining({ code: 'AUTH_CLAIM_INVALID', reason }),
    );
  });
});

describe('invalidClaim', () => {
  it.each<[string, unknown, string]>([
    ['exp', 12, '12'],
    ['iat', 12, '12'],
    ['nbf', 12, '12'],
    ['exp', '12', 'a string of 2 characters'],
    ['sub', 12, 'a number'],
    ['sub', 'jane', 'a string of 4 characters'],
  ])('of %s = %j tells %s', (name, value, told) => {
    expect(invalidClaim(name, 'something else', value)).toMatchObject({
      code: 'AUTH_CLAIM_INVALID',
      message: 'Illegal token',
      reason: `claim ${name}: expected something else, found ${told}`,
    });
  });
});

describe('tellParty', () => {
  it.each<[unknown, string]>([
    ['a', '"a"'],
    [['a', 'b'], '["a","b"]'],
    [[], '[]'],
    [['a', 1], 'a list of 2'],
    [undefined, 'none'],
    [{ secret: 's' }, 'an object'],
  ])('tells %j as %s', (found, told) => {
    expect(tellParty(found)).toBe(told);
  });
});

describe('readSubject', () => {
  it.each(['catalog', 'user:default/jane', 'User:Default/JANE', ' x', 'x'.repeat(1024)])(
    'reads %p exactly',
    sub => {
      expect(readSubject({ sub })).toBe(sub);
    },
  );

  it.each([undefined, null, '', ' ', '\n', 1, true, ['catalog'], {}, 'x'.repeat(1025)])(
    'refuses %p',
    sub => {
      expect(() => readSubject({ sub: sub as never })).toThrow(
        expect.objectContaining({
          code: 'AUTH_CLAIM_INVALID',
          message: 'Illegal token',
          reason: expect.stringMatching(
            /^claim sub: expected a string of 1 to 1024 characters, /,
          ) as unknown,
        }),
      );
    },
  );
});
