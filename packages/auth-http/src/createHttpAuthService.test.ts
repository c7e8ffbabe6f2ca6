import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { AuthRequest } from '@stagepass/auth-node';
import { createNoneCredentials, createServiceCredentials } from '@stagepass/auth-node/internal';
import { TestClock } from '@stagepass/auth-test-utils';
import { createHttpAuthService, type HttpAuthServiceOptions } from './createHttpAuthService';
import { FakeAuthService, startOfTests } from './testing/FakeAuthService';

const hour = 60 * 60 * 1000;
const minute = 60 * 1000;

function setUp(options: Partial<HttpAuthServiceOptions> = {}) {
  const clock = new TestClock(startOfTests);
  const auth = new FakeAuthService(clock);
  const httpAuth = createHttpAuthService({
    auth,
    clock,
    pluginId: 'test',
    discovery: {
      getBaseUrl: async id => `http://internal:7007/api/${id}`,
      getExternalBaseUrl: async id => `https://backend.example.com/api/${id}`,
    },
    ...options,
  });
  return { auth, clock, httpAuth };
}

const bearer = (token: string): AuthRequest => ({
  method: 'GET',
  headers: { authorization: `Bearer ${token}` },
});

const limited = (name: string, expiresIn = hour) => `limited.${name}.${startOfTests + expiresIn}`;

const withCookies = (...values: string[]): AuthRequest => ({
  method: 'GET',
  headers: { cookie: values.map(value => `backstage-auth=${value}`).join('; ') },
});

const principalOf = (name: string) => ({
  principal: { type: 'user', userEntityRef: `user:default/${name}` },
});

const disabled = { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: true } } };
const illegal = { code: 'AUTH_TOKEN_MALFORMED', message: 'Illegal token' };
const missing = { code: 'AUTH_CREDENTIALS_MISSING', message: 'Missing credentials' };

describe('credentials', () => {
  it.each([
    ['user.jane', principalOf('jane')],
    ['service.catalog', { principal: { type: 'service', subject: 'plugin:catalog' } }],
  ])('are those that the bearer token %s proves', async (token, expected) => {
    const { auth, httpAuth } = setUp();
    await expect(httpAuth.credentials(bearer(token))).resolves.toMatchObject(expected);
    expect(auth.verified).toEqual([[token]]);
  });

  it('are read from a Fetch request and from a Node request alike', async () => {
    const { httpAuth } = setUp();
    const fetched = new Request('http://x/', { headers: { authorization: 'Bearer user.jane' } });
    const received = new IncomingMessage(new Socket());
    received.headers.authorization = 'Bearer user.jane';
    for (const request of [fetched, received]) {
      await expect(httpAuth.credentials(request)).resolves.toMatchObject(principalOf('jane'));
    }
  });

  it('are none for an anonymous request, which is an error only where none is not allowed', async () => {
    const { httpAuth } = setUp();
    const request = { headers: {} };
    const none = { principal: { type: 'none' } };
    await expect(httpAuth.credentials(request)).resolves.toMatchObject(none);
    await expect(httpAuth.credentials(request, { allow: ['none'] })).resolves.toMatchObject(none);
    await expect(httpAuth.credentials(request, { allow: ['user'] })).rejects.toMatchObject(missing);
  });

  it('must be of an allowed type', async () => {
    const { httpAuth } = setUp();
    await expect(
      httpAuth.credentials(bearer('service.x'), { allow: ['user'] }),
    ).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_PRINCIPAL_NOT_ALLOWED',
      message: "This endpoint does not allow 'service' credentials",
    });
  });

  it.each(['Bearer', 'Bearer a b', 'Basic x', ''])(
    'are never taken for none, nor from the cookie, where the header is %j',
    async authorization => {
      const { auth, httpAuth } = setUp();
      const headers = { authorization, cookie: `backstage-auth=${limited('jane')}` };
      for (const allowLimitedAccess of [false, true]) {
        await expect(
          httpAuth.credentials({ headers }, { allow: ['none', 'user'], allowLimitedAccess }),
        ).rejects.toMatchObject({ code: 'AUTH_REQUEST_AMBIGUOUS' });
      }
      expect(auth.verified).toEqual([]);
    },
  );

  it('are none for an empty bearer only where the default policy is disabled', async () => {
    const { httpAuth } = setUp({ config: disabled });
    const none = { principal: { type: 'none' } };
    await expect(
      httpAuth.credentials({ headers: { authorization: 'Bearer' } }),
    ).resolves.toMatchObject(none);
    await expect(httpAuth.credentials(bearer('junk'))).rejects.toMatchObject(illegal);
  });

  it('are not looked for in query, body or other headers', async () => {
    const { auth, httpAuth } = setUp();
    const request = {
      method: 'GET',
      url: '/?token=user.jane&access_token=user.jane',
      query: { access_token: 'user.jane' },
      body: { access_token: 'user.jane' },
      headers: {
        'x-access-token': 'user.jane',
        'x-forwarded-authorization': 'Bearer user.jane',
        'proxy-authorization': 'Bearer user.jane',
      },
    };
    await expect(httpAuth.credentials(request)).resolves.toMatchObject({
      principal: { type: 'none' },
    });
    expect(auth.verified).toEqual([]);
  });

  it('come from getTokenFromRequest where it is given', async () => {
    const { httpAuth } = setUp({
      getTokenFromRequest: req => ({
        token: String((req.headers as object & { x?: string }).x ?? ''),
      }),
    });
    await expect(httpAuth.credentials({ headers: { x: 'user.jane' } })).resolves.toMatchObject(
      principalOf('jane'),
    );
    await expect(httpAuth.credentials(bearer('user.jane'))).resolves.toMatchObject({
      principal: { type: 'none' },
    });
  });
});

describe('remembered credentials', () => {
  it('are verified once per request, full and limited apart', async () => {
    const { auth, httpAuth } = setUp();
    const request = bearer('user.jane');
    await Promise.all([httpAuth.credentials(request), httpAuth.credentials(request)]);
    await httpAuth.credentials(request, { allow: ['user'] });
    await httpAuth.credentials(request, { allowLimitedAccess: true });
    await httpAuth.credentials(request, { allowLimitedAccess: true });
    expect(auth.verified).toEqual([['user.jane'], ['user.jane', { allowLimitedAccess: true }]]);
  });

  it('do not let limited access turn into full access', async () => {
    const { httpAuth } = setUp();
    const request = bearer(limited('jane'));
    await expect(
      httpAuth.credentials(request, { allowLimitedAccess: true }),
    ).resolves.toMatchObject(principalOf('jane'));
    await expect(httpAuth.credentials(request)).rejects.toMatchObject({
      code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
      message: 'Illegal limited user token',
    });
  });

  it('are remembered by each service for itself, and for each request object', async () => {
    const one = setUp();
    const other = setUp();
    const request = bearer('user.jane');
    await one.httpAuth.credentials(request);
    await other.httpAuth.credentials(request);
    await one.httpAuth.credentials({ ...request });
    expect(one.auth.verified).toHaveLength(2);
    expect(other.auth.verified).toHaveLength(1);
  });

  it('include refusals, without an unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const { auth, httpAuth } = setUp();
    const request = bearer('junk');
    await expect(httpAuth.credentials(request)).rejects.toMatchObject(illegal);
    await new Promise(resolve => setImmediate(resolve));
    await expect(httpAuth.credentials(request)).rejects.toMatchObject(illegal);
    await new Promise(resolve => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    expect(auth.verified).toHaveLength(1);
  });
});

describe('the auth cookie', () => {
  const ask = (
    request: AuthRequest,
    options: Partial<HttpAuthServiceOptions> = {},
    allowLimitedAccess = true,
  ) => setUp(options).httpAuth.credentials(request, { allow: ['user'], allowLimitedAccess });

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
    [limited('jane', -1), 'AUTH_TOKEN_EXPIRED'],
    ['restricted', 'AUTH_ACCESS_RESTRICTED'],
    ['undecided', 'AUTH_KEYS_UNAVAILABLE'],
  ])('is refused if it holds %s: %s', async (value, code) => {
    await expect(ask(withCookies(value))).rejects.toMatchObject({ code });
  });

  it.each([
    [[limited('jane'), limited('jane')]],
    [[limited('jane'), limited('jane', 2 * hour)]],
    [['junk', limited('jane', 2 * hour), 'user.joe', 'restricted']],
  ])('may come several times for one user, with junk: %j', async values => {
    await expect(ask(withCookies(...values))).resolves.toMatchObject(principalOf('jane'));
    await expect(ask(withCookies(...values.toReversed()))).resolves.toMatchObject(
      principalOf('jane'),
    );
  });

  it('counts with the latest expiry of several', async () => {
    const request = withCookies(limited('jane'), limited('jane', 2 * hour), limited('jane', 1));
    await expect(ask(request)).resolves.toMatchObject({
      expiresAt: new Date(startOfTests + 2 * hour),
    });
  });

  it('is refused if it comes for two users', async () => {
    await expect(ask(withCookies(limited('jane'), limited('joe')))).rejects.toMatchObject({
      code: 'AUTH_REQUEST_AMBIGUOUS',
      message: 'Malformed or ambiguous credentials',
      reason: 'the request carries auth cookies of different users; expected those of one',
    });
  });

  it('is undecided if one of several is, since that may be another user', async () => {
    await expect(ask(withCookies(limited('jane'), 'undecided'))).rejects.toMatchObject({
      code: 'AUTH_KEYS_UNAVAILABLE',
    });
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
        reason: expect.stringContaining('expected the origin https://backend.example.com'),
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

describe('issueUserCookie', () => {
  function answerTo(request: AuthRequest) {
    const res = new ServerResponse(new IncomingMessage(new Socket()));
    return Object.assign(res, { req: request as never });
  }

  const attributes = (expires: string, maxAge?: number) =>
    `; Path=/; ${maxAge === undefined ? '' : `Max-Age=${maxAge}; `}Expires=${expires}; HttpOnly; Secure; Priority=High; SameSite=None`;
  const setLine = (token: string) =>
    `backstage-auth=${token}${attributes('Tue, 01 Jan 2030 01:00:00 GMT', 3600)}`;
  const longAgo = attributes('Thu, 01 Jan 1970 00:00:00 GMT');
  const clearLines = [
    `backstage-auth=${longAgo}`,
    `backstage-auth=; Domain=backend.example.com${longAgo}`,
  ];

  it('sets the limited user token of the caller until the token expires', async () => {
    const { httpAuth } = setUp();
    const res = answerTo(bearer('user.jane'));
    res.setHeader('Set-Cookie', 'theme=dark');
    const expiresAt = new Date(startOfTests + hour);
    await expect(httpAuth.issueUserCookie(res)).resolves.toEqual({ expiresAt });
    expect(res.getHeader('Set-Cookie')).toEqual(['theme=dark', setLine(limited('jane'))]);
    expect(res.getHeader('Cache-Control')).toBe('no-store');
    expect(res.getHeader('Vary')).toBe('Cookie, Authorization');
  });

  it('sets the cookie of given credentials, whoever the caller is', async () => {
    const { auth, httpAuth } = setUp();
    const res = answerTo(bearer('service.x'));
    await httpAuth.issueUserCookie(res, { credentials: await auth.authenticate('user.joe') });
    expect(res.getHeader('Set-Cookie')).toEqual([setLine(limited('joe'))]);
  });

  it.each([
    ['nobody', { headers: {} }, missing],
    ['a cookie alone', withCookies(limited('jane')), missing],
    ['a service', bearer('service.x'), { code: 'AUTH_PRINCIPAL_NOT_ALLOWED' }],
    ['junk', bearer('junk'), illegal],
    [
      'a limited token',
      bearer(limited('jane')),
      { code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED', message: 'Illegal limited user token' },
    ],
  ])('sets nothing for %s', async (_caller, request, error) => {
    const res = answerTo(request);
    await expect(setUp().httpAuth.issueUserCookie(res)).rejects.toMatchObject(error);
    expect(res.hasHeader('Set-Cookie')).toBe(false);
  });

  it.each([
    [5 * minute + 1, false],
    [5 * minute, true],
    [1, true],
  ])('replaces a cookie of the same user that is good for %d ms: %s', async (left, replaced) => {
    const { httpAuth } = setUp();
    const { headers } = bearer('user.jane');
    const res = answerTo({
      headers: { ...headers, ...withCookies(limited('jane', left)).headers },
    });
    const { expiresAt } = await httpAuth.issueUserCookie(res);
    expect(expiresAt).toEqual(new Date(startOfTests + (replaced ? hour : left)));
    expect(res.getHeader('Set-Cookie')).toEqual(replaced ? [setLine(limited('jane'))] : undefined);
    expect(res.getHeader('Cache-Control')).toBe('no-store');
  });

  it.each([
    ['junk', 'user.jane', 'service.x', 'restricted', 'undecided'],
    [limited('jane', -1)],
    ['', 'a b'],
  ])('replaces cookies that prove nothing: %s', async (...values) => {
    const { httpAuth } = setUp();
    const { headers } = bearer('user.jane');
    const res = answerTo({ headers: { ...headers, ...withCookies(...values).headers } });
    await httpAuth.issueUserCookie(res);
    expect(res.getHeader('Set-Cookie')).toEqual([setLine(limited('jane'))]);
  });

  it.each([[[limited('joe')]], [[limited('jane', 10 * hour), limited('joe')]]])(
    "replaces another user's cookie at once, in every form it may have: %j",
    async values => {
      const { httpAuth } = setUp();
      const { headers } = bearer('user.jane');
      const res = answerTo({ headers: { ...headers, ...withCookies(...values).headers } });
      await httpAuth.issueUserCookie(res);
      expect(res.getHeader('Set-Cookie')).toEqual([clearLines[1], setLine(limited('jane'))]);
    },
  );

  it('clears every form of the cookie for credentials of nobody', async () => {
    const { clock, httpAuth } = setUp();
    clock.advance(1234);
    const res = answerTo(bearer('user.jane'));
    await expect(
      httpAuth.issueUserCookie(res, { credentials: createNoneCredentials() }),
    ).resolves.toEqual({ expiresAt: new Date(startOfTests + 1234) });
    expect(res.getHeader('Set-Cookie')).toEqual(clearLines);
    expect(res.getHeader('Cache-Control')).toBe('no-store');
  });

  it('refuses credentials of a service', async () => {
    const res = answerTo(bearer('user.jane'));
    const credentials = createServiceCredentials({ subject: 'plugin:x' });
    await expect(setUp().httpAuth.issueUserCookie(res, { credentials })).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CLAIM_INVALID',
      message: 'Refused to issue cookie for non-user principal',
    });
    expect(res.hasHeader('Set-Cookie')).toBe(false);
  });

  it('refuses when headers were sent', async () => {
    const { auth, httpAuth } = setUp();
    const res = Object.assign(answerTo(bearer('user.jane')), {});
    res.writeHead(200);
    await expect(httpAuth.issueUserCookie(res)).rejects.toThrow(
      'Failed to issue user cookie, headers were already sent',
    );
    expect(auth.verified).toEqual([]);
  });

  it('refuses a response that names neither request nor credentials', async () => {
    const res = { headersSent: false, getHeader: () => undefined, setHeader: () => undefined };
    await expect(setUp().httpAuth.issueUserCookie(res)).rejects.toThrow(
      'Failed to issue user cookie, neither `res.req` nor `credentials` given',
    );
  });

  it('refuses a token too long for a cookie, without repeating it', async () => {
    const name = 'x'.repeat(4096);
    const res = answerTo(bearer(`user.${name}`));
    const issued = setUp().httpAuth.issueUserCookie(res);
    await expect(issued).rejects.toThrow('browsers drop a cookie of more than 4096');
    await expect(issued).rejects.not.toThrow('xxxx');
    expect(res.hasHeader('Set-Cookie')).toBe(false);
  });
});

describe('createHttpAuthService', () => {
  it.each([
    [{ cookie: { name: 'a b' } }, 'cookie.name: '],
    [
      { config: { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: 'perhaps' } } } },
      'backend.auth.dangerouslyDisableDefaultAuthPolicy: ',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => setUp(options)).toThrow(
      expect.objectContaining({
        code: 'AUTH_CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });
});
