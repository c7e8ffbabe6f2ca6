import { readSubject, readTimes } from './claims';

const now = 1_800_000_000;
const good = { iat: now - 10, exp: now + 3600 };

describe('readTimes', () => {
  it.each<[{ iat: number; exp: number; nbf?: number }, string]>([
    [{ iat: good.iat, exp: good.exp }, 'plain times'],
    [{ iat: now, exp: now + 1 }, 'a second left'],
    [{ iat: now + 60, exp: now + 3600 }, 'an issuer whose clock is a minute ahead'],
    [{ ...good, nbf: now + 60 }, 'a not-before within the leeway'],
    [{ ...good, exp: 4_102_444_800 }, 'an expiry after 2038'],
  ])('accepts %j: %s', claims => {
    expect(readTimes(claims, now)).toEqual({ iat: claims.iat, exp: claims.exp });
  });

  it.each<[Record<string, number>, string, RegExp]>([
    [{ ...good, exp: now }, 'AUTH_TOKEN_EXPIRED', /^the token expired at .*Z, it is .*Z now/],
    [{ ...good, exp: now - 1 }, 'AUTH_TOKEN_EXPIRED', /get a new one$/],
    [{ iat: now + 61, exp: now + 3600 }, 'AUTH_TOKEN_NOT_YET_VALID', /check the clocks/],
    [{ ...good, nbf: now + 61 }, 'AUTH_TOKEN_NOT_YET_VALID', /^the token is valid from/],
    [
      { iat: now + 30, exp: now + 20 },
      'AUTH_CLAIM_INVALID',
      /^claim exp: expected a time after iat/,
    ],
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
