import { deriveLimitedUserToken, writeLimitedSigningInput } from './limitedUserToken';

const now = 1_800_000_000;
const claims = { sub: 'user:default/jane', iat: now, exp: now + 3600 };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (header: unknown, payload: unknown) => `${encode(header)}.${encode(payload)}.c2ln`;
const header = { typ: 'vnd.backstage.user', alg: 'ES256', kid: 'k1' };

describe('the bytes of a limited user token', () => {
  it('are typ, alg, kid and sub, iat, exp, in this order and nothing else', () => {
    const [first, second] = writeLimitedSigningInput(
      { kid: 'k1', alg: 'ES256', typ: 'ignored' } as never,
      { exp: 2, iat: 1, sub: 'user:default/jane', ent: ['x'] } as never,
    ).split('.');
    expect(Buffer.from(first!, 'base64url').toString()).toBe(
      '{"typ":"vnd.backstage.limited-user","alg":"ES256","kid":"k1"}',
    );
    expect(Buffer.from(second!, 'base64url').toString()).toBe(
      '{"sub":"user:default/jane","iat":1,"exp":2}',
    );
  });
});

describe('deriveLimitedUserToken', () => {
  it('takes the identity proof of the user token as signature', () => {
    const derived = deriveLimitedUserToken(
      token(header, { iss: 'i', ...claims, ent: ['x'], uip: 'cHJvb2Y' }),
      now,
    );
    expect(derived).toEqual({
      token: `${writeLimitedSigningInput(header, claims)}.cHJvb2Y`,
      expiresAt: new Date((now + 3600) * 1000),
    });
  });

  it('returns a limited token as it is', () => {
    const limited = token({ ...header, typ: 'vnd.backstage.limited-user' }, claims);
    expect(deriveLimitedUserToken(limited, now).token).toBe(limited);
  });

  it('returns a token of the old form, which has no type, as it is', () => {
    const old = token({ alg: 'ES256', kid: 'k1' }, { ...claims, aud: 'backstage' });
    expect(deriveLimitedUserToken(old, now).token).toBe(old);
  });

  it.each<[object, object, string]>([
    [
      header,
      claims,
      'claim uip: expected the identity proof of the user, in base64url (the auth plugin issues it), found none',
    ],
    [
      { ...header, kid: undefined },
      { ...claims, uip: 'AA' },
      'expected a kid in the user token, found none',
    ],
    [
      { ...header, typ: 'other' },
      { ...claims, aud: 'backstage' },
      'only user tokens can be limited, found a token of typ "other"',
    ],
    [
      { ...header, typ: undefined },
      claims,
      'only user tokens can be limited, found a token of typ null',
    ],
  ])('says of %j with %j what is wrong with it', (tokenHeader, payload, reason) => {
    expect(() => deriveLimitedUserToken(token(tokenHeader, payload), now)).toThrow(
      expect.objectContaining({ reason }),
    );
  });

  it.each([
    ['no proof', header, claims, 'AUTH_CLAIM_INVALID'],
    ['an empty proof', header, { ...claims, uip: '' }, 'AUTH_CLAIM_INVALID'],
    ['a proof that is no segment', header, { ...claims, uip: 'a.b' }, 'AUTH_CLAIM_INVALID'],
    ['a proof of half a byte', header, { ...claims, uip: 'A' }, 'AUTH_CLAIM_INVALID'],
    ['a proof with stray bits', header, { ...claims, uip: 'AB' }, 'AUTH_CLAIM_INVALID'],
    ['a proof that is no text', header, { ...claims, uip: 1 }, 'AUTH_CLAIM_INVALID'],
    ['no key id', { ...header, kid: undefined }, { ...claims, uip: 'AA' }, 'AUTH_KEY_UNKNOWN'],
    ['an expired token', header, { ...claims, exp: now, uip: 'AA' }, 'AUTH_TOKEN_EXPIRED'],
    [
      'a plugin token',
      { ...header, typ: 'vnd.backstage.plugin' },
      claims,
      'AUTH_TOKEN_TYPE_UNKNOWN',
    ],
    ['a token without type', { alg: 'ES256', kid: 'k' }, claims, 'AUTH_TOKEN_TYPE_UNKNOWN'],
  ])('refuses %s', (_, tokenHeader, payload, code) => {
    expect(() => deriveLimitedUserToken(token(tokenHeader, payload), now)).toThrow(
      expect.objectContaining({ code, message: 'Illegal token', name: 'AuthenticationError' }),
    );
  });
});
