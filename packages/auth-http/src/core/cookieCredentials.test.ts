import { type AuthRequest, NotAllowedError } from '@stagepass/auth-node';
import type { HttpAuthServiceOptions } from '../createHttpAuthService';
import { oneHour, startOfTests } from '../testing/FakeAuthService';
import {
  illegal,
  limited,
  missing,
  principalOf,
  setUpHttpAuth,
  withCookies,
} from '../testing/setUpHttpAuth';

const pluginTyped = `${Buffer.from('{"typ":"vnd.backstage.plugin"}').toString('base64url')}.x.y`;

describe('the auth cookie', () => {
  const ask = (
    request: AuthRequest,
    options: Partial<HttpAuthServiceOptions> = {},
    allowLimitedAccess = true,
  ) =>
    setUpHttpAuth(options).httpAuth.credentials(request, { allow: ['user'], allowLimitedAccess });

  it('counts where limited access is allowed, and nowhere else', async () => {
    const request = withCookies(limited('jane'));
    await expect(ask(request)).resolves.toMatchObject(principalOf('jane'));
    await expect(ask(request, {}, false)).rejects.toMatchObject(missing);
  });

  it('gives way to a bearer token, good or bad', async () => {
    const cookie = `backstage-auth=${limited('jane')}`;
    const request = (authorization: string) => ({
      method: 'GET',
      headers: { authorization, cookie },
    });
    await expect(ask(request('Bearer user.joe'))).resolves.toMatchObject(principalOf('joe'));
    await expect(ask(request('Bearer junk'))).rejects.toMatchObject(illegal);
  });

  it.each([
    ['user.jane', 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['behalf.jane', 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['service.catalog', 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['junk', 'AUTH_TOKEN_MALFORMED'],
    ['e30.junk', 'AUTH_TOKEN_MALFORMED'],
    [pluginTyped, 'AUTH_TOKEN_TYPE_UNKNOWN'],
    [limited('jane', -1), 'AUTH_TOKEN_EXPIRED'],
    ['restricted', 'AUTH_ACCESS_RESTRICTED'],
    ['undecided', 'AUTH_KEYS_UNAVAILABLE'],
    [limited('undecided'), 'AUTH_KEYS_UNAVAILABLE'],
  ])('is refused if it holds %s: %s', async (value, code) => {
    await expect(ask(withCookies(value))).rejects.toMatchObject({ code });
  });

  it.each([
    [[limited('jane'), limited('jane')]],
    [[limited('jane'), limited('jane', 2 * oneHour)]],
    [['junk', limited('jane', 2 * oneHour), 'user.joe', 'restricted', 'undecided', pluginTyped]],
  ])('may come several times for one user, with junk: %j', async values => {
    await expect(ask(withCookies(...values))).resolves.toMatchObject(principalOf('jane'));
    await expect(ask(withCookies(...values.toReversed()))).resolves.toMatchObject(
      principalOf('jane'),
    );
  });

  it('counts with the latest expiry of several', async () => {
    const request = withCookies(limited('jane'), limited('jane', 2 * oneHour), limited('jane', 1));
    await expect(ask(request)).resolves.toMatchObject({
      expiresAt: new Date(startOfTests + 2 * oneHour),
    });
  });

  it('is refused if it comes for two users', async () => {
    await expect(ask(withCookies(limited('jane'), limited('joe')))).rejects.toMatchObject({
      code: 'AUTH_REQUEST_AMBIGUOUS',
      message: 'Malformed or ambiguous credentials',
      reason:
        'expected auth cookies of one user, found those of 2; let the browser drop them all, and sign in again',
    });
  });

  it.each([
    ['a service', { type: 'service', subject: 'plugin:catalog' }],
    [
      'a user for whom a plugin calls',
      { type: 'user', userEntityRef: 'user:default/jane', actor: { type: 'service' } },
    ],
  ])('is no way in for %s, whatever else the auth service says', async (_, principal) => {
    const { auth, httpAuth } = setUpHttpAuth();
    Object.assign(auth, {
      authenticate: async () => ({ $$type: '@backstage/BackstageCredentials', principal }),
      getLimitedUserToken: async () => ({ token: 'opaque', expiresAt: new Date(startOfTests) }),
    });
    await expect(
      httpAuth.credentials(withCookies('opaque'), { allowLimitedAccess: true }),
    ).rejects.toMatchObject({ code: 'AUTH_TOKEN_TYPE_UNKNOWN', message: 'Illegal token' });
  });

  it('counts for a user beside that of another who is not admitted', async () => {
    const { auth, httpAuth } = setUpHttpAuth();
    const authenticate = auth.authenticate.bind(auth);
    auth.authenticate = token =>
      token === limited('joe')
        ? Promise.reject(new NotAllowedError('not here'))
        : authenticate(token, { allowLimitedAccess: true });
    await expect(
      httpAuth.credentials(withCookies(limited('joe'), limited('jane')), {
        allowLimitedAccess: true,
      }),
    ).resolves.toMatchObject(principalOf('jane'));
  });

  it('is undecided if one of several is, since that may be another user', async () => {
    await expect(ask(withCookies(limited('jane'), limited('undecided')))).rejects.toMatchObject({
      code: 'AUTH_KEYS_UNAVAILABLE',
    });
  });

  it('bothers nobody with what is no limited user token, and is tried eight times at most', async () => {
    const { auth, httpAuth } = setUpHttpAuth();
    const junk = Array.from({ length: 500 }, (_, index) => `junk-${index}`);
    const good = Array.from({ length: 8 }, (_, index) => limited('jane', oneHour + index));
    const options = { allow: ['user' as const], allowLimitedAccess: true };
    await httpAuth.credentials(withCookies(...junk, pluginTyped, ...good), options);
    expect(auth.verified.map(([token]) => token)).toEqual(good);
    const tooMany = withCookies(...good, limited('jane', 1));
    await expect(httpAuth.credentials(tooMany, options)).rejects.toMatchObject({
      code: 'AUTH_REQUEST_AMBIGUOUS',
      message: 'Malformed or ambiguous credentials',
      reason: 'expected at most 8 auth cookies, found 9',
    });
    expect(auth.verified).toHaveLength(8);
    await expect(httpAuth.credentials(withCookies(...junk), options)).rejects.toMatchObject(
      illegal,
    );
    expect(auth.verified).toHaveLength(16);
  });

  it('is found by its configured name alone', async () => {
    const headers = { cookie: `backstage-auth=${limited('joe')}; mine=${limited('jane')}` };
    await expect(
      ask({ method: 'GET', headers }, { cookie: { name: 'mine' } }),
    ).resolves.toMatchObject(principalOf('jane'));
  });

  const config = { backend: { cors: { origin: ['https://app.example.com'] } } };
  const allowedHeaders: Record<string, string>[] = [
    { 'sec-fetch-site': 'same-origin' },
    { origin: 'https://backend.example.com' },
    { origin: 'https://app.example.com' },
  ];
  const refusedHeaders: Record<string, string>[] = [
    {},
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'null' },
    { origin: 'http://internal:7007' },
  ];
  const methods = ['POST', 'PUT', 'PATCH', 'DELETE', undefined];

  it.each(methods)('authorises %s from a trusted origin', async method => {
    for (const headers of allowedHeaders) {
      const request = { method, headers: { ...withCookies(limited('jane')).headers, ...headers } };
      await expect(ask(request, { config })).resolves.toMatchObject(principalOf('jane'));
    }
  });

  it.each(methods)('does not authorise %s from elsewhere', async method => {
    for (const headers of refusedHeaders) {
      const request = { method, headers: { ...withCookies(limited('jane')).headers, ...headers } };
      await expect(ask(request, { config })).rejects.toMatchObject({
        code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
        reason: expect.stringContaining('expected the origin "https://backend.example.com"'),
      });
    }
  });

  it('does not authorise a WebSocket from elsewhere', async () => {
    const { headers } = withCookies(limited('jane'));
    const upgrade = { ...headers, upgrade: 'websocket', origin: 'https://evil.example' };
    await expect(ask({ method: 'GET', headers: upgrade })).rejects.toMatchObject({
      code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
    });
  });

  it('asks nothing about the origin of a request without it', async () => {
    const request = { method: 'POST', headers: { origin: 'https://evil.example' } };
    await expect(ask(request)).rejects.toMatchObject(missing);
  });
});
