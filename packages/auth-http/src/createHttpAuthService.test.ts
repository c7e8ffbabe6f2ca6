import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import {
  bearer,
  illegal,
  limited,
  missing,
  principalOf,
  setUpHttpAuth,
} from './testing/setUpHttpAuth';

describe('credentials', () => {
  it.each([
    ['user.jane', principalOf('jane')],
    ['service.catalog', { principal: { type: 'service', subject: 'plugin:catalog' } }],
  ])('are those that the bearer token %s proves', async (token, expected) => {
    const { auth, httpAuth } = setUpHttpAuth();
    await expect(httpAuth.credentials(bearer(token))).resolves.toMatchObject(expected);
    expect(auth.verified).toEqual([[token]]);
  });

  it('are read from a Fetch request and from a Node request alike', async () => {
    const { httpAuth } = setUpHttpAuth();
    const fetched = new Request('http://x/', { headers: { authorization: 'Bearer user.jane' } });
    const received = new IncomingMessage(new Socket());
    received.headers.authorization = 'Bearer user.jane';
    for (const request of [fetched, received]) {
      await expect(httpAuth.credentials(request)).resolves.toMatchObject(principalOf('jane'));
    }
  });

  it('are none for an anonymous request, which is an error only where none is not allowed', async () => {
    const { httpAuth } = setUpHttpAuth();
    const request = { headers: {} };
    const none = { principal: { type: 'none' } };
    await expect(httpAuth.credentials(request)).resolves.toMatchObject(none);
    await expect(httpAuth.credentials(request, { allow: ['none'] })).resolves.toMatchObject(none);
    await expect(httpAuth.credentials(request, { allow: ['user'] })).rejects.toMatchObject(missing);
  });

  it('must be of an allowed type', async () => {
    const { httpAuth } = setUpHttpAuth();
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
      const { auth, httpAuth } = setUpHttpAuth();
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
    const { httpAuth } = setUpHttpAuth({
      config: { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: true } } },
    });
    const none = { principal: { type: 'none' } };
    await expect(
      httpAuth.credentials({ headers: { authorization: 'Bearer' } }),
    ).resolves.toMatchObject(none);
    await expect(httpAuth.credentials(bearer('junk'))).rejects.toMatchObject(illegal);
  });

  it('are not looked for in query, body or other headers', async () => {
    const { auth, httpAuth } = setUpHttpAuth();
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
    const { httpAuth } = setUpHttpAuth({
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
    const { auth, httpAuth } = setUpHttpAuth();
    const request = bearer('user.jane');
    await Promise.all([httpAuth.credentials(request), httpAuth.credentials(request)]);
    await httpAuth.credentials(request, { allow: ['user'] });
    await httpAuth.credentials(request, { allowLimitedAccess: true });
    await httpAuth.credentials(request, { allowLimitedAccess: true });
    expect(auth.verified).toEqual([['user.jane'], ['user.jane', { allowLimitedAccess: true }]]);
  });

  it('do not let limited access turn into full access', async () => {
    const { httpAuth } = setUpHttpAuth();
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
    const one = setUpHttpAuth();
    const other = setUpHttpAuth();
    const request = bearer('user.jane');
    await one.httpAuth.credentials(request);
    await other.httpAuth.credentials(request);
    await one.httpAuth.credentials({ ...request });
    expect(one.auth.verified).toHaveLength(2);
    expect(other.auth.verified).toHaveLength(1);
  });

  it('are asked for once also where the answer is no promise, or an error is thrown at once', async () => {
    const { auth, httpAuth } = setUpHttpAuth();
    const credentials = await auth.getNoneCredentials();
    const then = jest.fn((resolve: (value: unknown) => void) => resolve(credentials));
    auth.authenticate = () => ({ then }) as never;
    const request = bearer('user.jane');
    await expect(httpAuth.credentials(request)).resolves.toBe(credentials);
    await expect(httpAuth.credentials(request)).resolves.toBe(credentials);
    expect(then).toHaveBeenCalledTimes(1);

    const fault = new Error('out of order');
    const authenticate = jest.fn(() => {
      throw fault;
    });
    auth.authenticate = authenticate;
    const other = bearer('user.jane');
    await expect(httpAuth.credentials(other)).rejects.toBe(fault);
    await expect(httpAuth.credentials(other)).rejects.toBe(fault);
    expect(authenticate).toHaveBeenCalledTimes(1);
  });

  it('include refusals, without an unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const { auth, httpAuth } = setUpHttpAuth();
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

describe('createHttpAuthService', () => {
  it.each([
    [{ cookie: { name: 'a b' } }, 'cookie.name: '],
    [
      { config: { backend: { auth: { cookie: { sameSite: 'Lax' } } } } },
      'backend.auth.cookie.sameSite: expected strict, lax or none, found "Lax"',
    ],
    [
      { config: { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: 'perhaps' } } } },
      'backend.auth.dangerouslyDisableDefaultAuthPolicy: ',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => setUpHttpAuth(options)).toThrow(
      expect.objectContaining({
        code: 'AUTH_CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });
});
