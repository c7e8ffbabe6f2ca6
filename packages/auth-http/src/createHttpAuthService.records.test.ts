import crypto from 'node:crypto';
import type { AuthError } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { oneHour, startOfTests } from './testing/FakeAuthService';
import { bearer, limited, setUpHttpAuth, withCookies } from './testing/setUpHttpAuth';

const named = { 'x-request-id': 'request-1' };
const refused = (code: string, reason: string) => ({
  type: 'refused',
  pluginId: 'test',
  code,
  reason: expect.stringContaining(reason) as unknown,
  correlationId: 'request-1',
});

describe('a refusal of a request', () => {
  it.each<[string, object, object, object]>([
    [
      'without credentials',
      {},
      { allow: ['user'] },
      refused('AUTH_CREDENTIALS_MISSING', 'expected user credentials, the request carries none'),
    ],
    [
      'with a malformed header',
      { authorization: 'Basic canary' },
      { allow: ['user'] },
      refused('AUTH_REQUEST_AMBIGUOUS', 'found the scheme "Basic"'),
    ],
    [
      'of another principal',
      { authorization: 'Bearer service.x' },
      { allow: ['user'] },
      refused('AUTH_PRINCIPAL_NOT_ALLOWED', 'found those of the service "plugin:x"'),
    ],
    [
      'with the cookies of two users',
      { cookie: `backstage-auth=${limited('jane')}; backstage-auth=${limited('joe')}` },
      { allow: ['user'], allowLimitedAccess: true },
      refused('AUTH_REQUEST_AMBIGUOUS', 'found those of 2'),
    ],
    [
      'with a cookie from elsewhere',
      {
        cookie: `backstage-auth=${limited('jane')}`,
        origin: 'https://evil.example',
        upgrade: 'websocket',
      },
      { allow: ['user'], allowLimitedAccess: true },
      refused('AUTH_LIMITED_TOKEN_NOT_ALLOWED', 'found the origin "https://evil.example"'),
    ],
    [
      'with a cookie from who knows where',
      { cookie: `backstage-auth=${limited('jane')}`, origin: 'canary', upgrade: 'websocket' },
      { allow: ['user'], allowLimitedAccess: true },
      refused('AUTH_LIMITED_TOKEN_NOT_ALLOWED', 'found an Origin header that names none'),
    ],
    [
      'with something else in the cookie',
      { cookie: 'backstage-auth=service.canary' },
      { allow: ['user'], allowLimitedAccess: true },
      refused('AUTH_TOKEN_TYPE_UNKNOWN', 'expected a limited user token in the auth cookie'),
    ],
  ])('%s is told once, however often it is asked', async (_, headers, options, event) => {
    const { httpAuth, events, lines } = setUpHttpAuth();
    const request = { method: 'GET', headers: { ...headers, ...named } };
    const ask = () => httpAuth.credentials(request, options).catch((error: unknown) => error);
    const errors = [await ask(), await ask(), ...(await Promise.all([ask(), ask()]))];
    expect(events).toEqual([event]);
    const { code, reason } = events[0] as unknown as AuthError;
    expect(lines).toEqual([
      ['warn', `Refused by the plugin test: ${reason}`, { code, correlationId: 'request-1' }],
    ]);
    for (const error of errors) {
      expect(error).toMatchObject({ code, reason, correlationId: 'request-1' });
    }
    expect(JSON.stringify([lines, events])).not.toContain('canary');
  });

  it('is one for each thing that is refused', async () => {
    const { httpAuth, events } = setUpHttpAuth();
    const request = bearer('service.x');
    for (const allow of [['user'], ['none'], ['user']] as Array<Array<'user' | 'none'>>) {
      await httpAuth.credentials(request, { allow }).catch(() => undefined);
    }
    expect(events).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('expected user ') as unknown }),
      expect.objectContaining({ reason: expect.stringContaining('expected none ') as unknown }),
    ]);
    expect(new Set(events.map(event => (event as unknown as AuthError).correlationId)).size).toBe(
      1,
    );
  });

  it('that the auth service recorded is not told again', async () => {
    const error = Object.defineProperty(
      createAuthError('AUTH_TOKEN_EXPIRED', 'expired'),
      'correlationId',
      { value: 'recorded' },
    );
    const { auth, httpAuth, events, lines } = setUpHttpAuth();
    auth.authenticate = () => Promise.reject(error);
    await expect(httpAuth.credentials(bearer('x'))).rejects.toBe(error);
    expect([...events, ...lines]).toEqual([]);
  });

  it('by an auth service that records nothing is told here', async () => {
    const { httpAuth, events } = setUpHttpAuth();
    await expect(httpAuth.credentials(bearer('junk'))).rejects.toThrow('Illegal token');
    expect(events).toEqual([expect.objectContaining({ code: 'AUTH_TOKEN_MALFORMED' })]);
  });

  it('to set a cookie is told under the name of the request', async () => {
    const { auth, httpAuth, events } = setUpHttpAuth();
    const res = { ...response(), req: { headers: named } };
    const credentials = await auth.getOwnServiceCredentials();
    await expect(httpAuth.issueUserCookie(res, { credentials })).rejects.toThrow(
      'Refused to issue cookie for non-user principal',
    );
    await expect(httpAuth.issueUserCookie(res)).rejects.toThrow('Missing credentials');
    await expect(httpAuth.issueUserCookie(response())).rejects.toThrow('Missing credentials');
    expect(events).toEqual([
      refused('AUTH_CLAIM_INVALID', 'found "servicePrincipal{plugin:test}"'),
      refused('AUTH_CREDENTIALS_MISSING', 'the request carries none'),
      expect.objectContaining({ reason: expect.stringContaining('no `req`') as unknown }),
    ]);
  });

  it('LOG-04: is counted where it repeats itself, and told when the service is closed', async () => {
    const { clock, httpAuth, events, lines } = setUpHttpAuth();
    for (let attempt = 0; attempt < 100; attempt += 1) {
      await httpAuth.credentials({ headers: {} }, { allow: ['user'] }).catch(() => undefined);
    }
    expect(events).toHaveLength(100);
    expect(lines).toHaveLength(1);
    httpAuth.close();
    expect(lines).toHaveLength(2);
    expect(lines[1]?.[1]).toMatch(/\(the last of 99 in 10 s that were counted, not told\)$/);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('the name of a request', () => {
  it('is handed on with each of its tokens, and the same for all of them', async () => {
    const { auth, httpAuth } = setUpHttpAuth();
    const request = withCookies(limited('jane'), limited('jane', 1));
    await httpAuth.credentials(request, { allowLimitedAccess: true });
    await httpAuth.credentials({ headers: { ...named, authorization: 'Bearer user.jane' } });
    const [first, second, third] = auth.correlationIds;
    expect(first).toMatch(/^[0-9a-f]{8}-/);
    expect(second).toBe(first);
    expect(third).toBe('request-1');
  });
});

describe('the name of a request that has none', () => {
  const random = jest.spyOn(crypto, 'randomUUID');
  beforeEach(() => random.mockClear());
  afterAll(() => random.mockRestore());

  function setUp() {
    const { auth, ...rest } = setUpHttpAuth();
    const told: Array<{ correlationId?: string }> = [];
    const credentials = auth.authenticate('user.jane');
    auth.authenticate = (_token, options = {}) => {
      told.push(options);
      return credentials;
    };
    return { ...rest, told };
  }

  it('is not made up for what is accepted', async () => {
    const { httpAuth, told } = setUp();
    const request = bearer('user.jane');
    await httpAuth.credentials(request, { allow: ['user'] });
    await httpAuth.credentials(request, { allow: ['user'], allowLimitedAccess: true });
    expect(told).toHaveLength(2);
    expect(random).not.toHaveBeenCalled();
  });

  it('is one for all that is refused, and for the auth service that asks at last', async () => {
    const { httpAuth, events, told } = setUp();
    const request = bearer('user.jane');
    await httpAuth.credentials(request, { allowLimitedAccess: true });
    for (const allow of ['service' as const, 'none' as const]) {
      await expect(httpAuth.credentials(request, { allow: [allow] })).rejects.toMatchObject({
        code: 'AUTH_PRINCIPAL_NOT_ALLOWED',
        message: "This endpoint does not allow 'user' credentials",
      });
    }
    const [limited, full] = told;
    const names = [...events, limited, full].map(
      named => (named as { correlationId?: string }).correlationId,
    );
    expect(names).toHaveLength(4);
    expect(names[0]).toMatch(/^[0-9a-f]{8}-/);
    expect(new Set(names).size).toBe(1);
    expect(random).toHaveBeenCalledTimes(1);
  });
});

describe('a cookie', () => {
  it('that is set is an event; one that is kept or dropped is none', async () => {
    const { auth, httpAuth, events } = setUpHttpAuth();
    const credentials = await auth.authenticate('user.jane');
    const { expiresAt } = await httpAuth.issueUserCookie(response(), { credentials });
    expect(expiresAt).toEqual(new Date(startOfTests + oneHour));
    const event = {
      type: 'cookie-issued',
      pluginId: 'test',
      principal: 'userPrincipal{user:default/jane}',
      expiresAt,
    };
    expect(events).toEqual([event]);
    const present = { ...response(), req: withCookies(limited('jane')) };
    await httpAuth.issueUserCookie(present, { credentials });
    await httpAuth.issueUserCookie(present, { credentials: await auth.getNoneCredentials() });
    expect(events).toEqual([event]);
  });
});

function response() {
  return { headersSent: false, getHeader: () => undefined, setHeader: () => undefined };
}
