import type { AuthRequest } from '@stagepass/auth-node';
import { authCookies, bearerToken, headerValues } from './requestTokens';

const NOT_ONE_BEARER = expect.objectContaining({
  name: 'AuthenticationError',
  code: 'AUTH_REQUEST_AMBIGUOUS',
  message: 'Malformed or ambiguous credentials',
  reason:
    'expected one Authorization header, "Bearer" and a token; make it with mockCredentials.user.header()',
}) as Error;

describe('bearerToken', () => {
  it.each<[what: string, request: AuthRequest, expected: string | undefined]>([
    ['no header', { headers: {} }, undefined],
    ['a bearer token', { headers: { authorization: 'Bearer a' } }, 'a'],
    ['another spelling', { headers: { authorization: 'bEARER   a' } }, 'a'],
    ['a list of one', { headers: { authorization: ['Bearer a'] } }, 'a'],
    ['Fetch headers', { headers: new Headers({ Authorization: 'Bearer a' }) }, 'a'],
    ['Fetch headers without it', { headers: new Headers() }, undefined],
  ])('reads %s, whether or not an empty one counts as none', (_, request, expected) => {
    expect(bearerToken(request)).toBe(expected);
    expect(bearerToken(request, { emptyBearerIsNone: true })).toBe(expected);
  });

  it.each(['Bearer', 'bearer', 'Bearer ', 'Bearer   '])(
    'takes %j for none where it is told to, and refuses it elsewhere',
    authorization => {
      const request = { headers: { authorization } };
      expect(bearerToken(request, { emptyBearerIsNone: true })).toBeUndefined();
      expect(() => bearerToken(request)).toThrow(NOT_ONE_BEARER);
      expect(() => bearerToken(request, { emptyBearerIsNone: false })).toThrow(NOT_ONE_BEARER);
    },
  );

  it.each<[what: string, authorization: string | string[]]>([
    ['an empty header', ''],
    ['another scheme', 'Basic YTpi'],
    ['another scheme that ends like it', 'x-bearer'],
    ['a token alone', 'mock-user-token'],
    ['two tokens', 'Bearer a b'],
    ['something before it', 'x Bearer'],
    ['two headers', ['Bearer a', 'Bearer a']],
    ['two headers, the first of them empty', ['Bearer', 'Bearer a']],
  ])('refuses %s, whether or not an empty one counts as none', (_, authorization) => {
    const request = { headers: { authorization } };
    expect(() => bearerToken(request)).toThrow(NOT_ONE_BEARER);
    expect(() => bearerToken(request, { emptyBearerIsNone: true })).toThrow(NOT_ONE_BEARER);
  });

  it('refuses a repeated header, of which Node shows only the first', () => {
    const rawHeaders = ['Authorization', 'Bearer a', 'Host', 'x', 'AUTHORIZATION', 'Bearer b'];
    const request = { headers: { authorization: 'Bearer a', host: 'x' }, rawHeaders };
    expect(() => bearerToken(request)).toThrow(NOT_ONE_BEARER);
  });
});

describe('authCookies', () => {
  it.each<[what: string, cookie: string | string[] | undefined, expected: string[]]>([
    ['no header', undefined, []],
    ['other cookies', 'theme-of-the-page=dark; a=b', []],
    ['an empty one', 'backstage-auth=; a=b', []],
    ['one among others', 'theme-of-the-page=dark;  backstage-auth=x ; a=b', ['x']],
    ['one whose name only begins so', 'backstage-auth-2=x', []],
    ['two in a header', 'backstage-auth=x; backstage-auth=y', ['x', 'y']],
    ['two headers', ['backstage-auth=x', 'a=b; backstage-auth=y'], ['x', 'y']],
    ['an encoded one', 'backstage-auth=%7B%7D', ['{}']],
    ['one that cannot be decoded', 'backstage-auth=%7', ['%7']],
  ])('returns of %s what the auth cookie holds', (_, cookie, expected) => {
    expect(authCookies({ headers: { cookie } })).toEqual(expected);
  });
});

describe('headerValues', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'authorization: Bearer a'],
    ['a number', 1],
  ])('refuses a request whose headers are %s', (_, headers) => {
    const request = { headers } as unknown as AuthRequest;
    expect(() => headerValues(request, 'authorization')).toThrow(
      expect.objectContaining({
        name: 'AuthenticationError',
        code: 'AUTH_REQUEST_AMBIGUOUS',
        message: 'Malformed or ambiguous credentials',
        reason: 'expected a request with headers',
      }) as Error,
    );
  });

  it.each<[what: string, request: AuthRequest, expected: string[]]>([
    ['no such header', { headers: { host: 'x' }, rawHeaders: ['Host', 'x'] }, []],
    [
      'one among others',
      {
        headers: { host: 'x', authorization: 'a', accept: '*' },
        rawHeaders: ['Host', 'x', 'Authorization', 'a', 'Accept', '*'],
      },
      ['a'],
    ],
    [
      'one that was received twice',
      { headers: { authorization: 'a' }, rawHeaders: ['Authorization', 'a', 'authorization', 'b'] },
      ['a', 'b'],
    ],
    [
      'one whose name is also the value of another',
      {
        headers: { 'x-a': 'authorization', y: 'z', authorization: 'b' },
        rawHeaders: ['x-a', 'authorization', 'y', 'z', 'authorization', 'b'],
      },
      ['b'],
    ],
    [
      'one that was replaced after it was received',
      { headers: { authorization: 'new' }, rawHeaders: ['Authorization', 'old'] },
      ['new'],
    ],
    [
      'one that was removed after it was received',
      { headers: {}, rawHeaders: ['Authorization', 'old'] },
      [],
    ],
  ])('returns the values of %s', (_, request, expected) => {
    expect(headerValues(request, 'authorization')).toEqual(expected);
  });
});
