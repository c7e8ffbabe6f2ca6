import { createCredentialsBarrier, createHttpAuthService } from '@stagepass/auth-http';
import type { AuthRequest, BackstageCredentials } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { mockServices } from '@stagepass/auth-test-utils';
import { expressVersions, loadExpress } from '../../packages/auth-http/src/testing/expressPlugin';
import { createRealBackend } from '../contracts/realBackend';
import { silentLogger } from '../databases/silentLogger';

const pluginId = 'test';

async function setUp() {
  const backend = await createRealBackend();
  const auth = await backend.plugin(pluginId);
  const discovery = mockServices.discovery();
  const { clock } = backend;
  const httpAuth = createHttpAuthService({
    auth,
    discovery,
    pluginId,
    clock,
    logger: silentLogger,
  });
  const user = (await auth.authenticate(
    await backend.userToken('user:default/jane'),
  )) as BackstageCredentials<never>;
  const { token: limitedToken } = await auth.getLimitedUserToken(user);
  return {
    auth,
    httpAuth,
    clock,
    token: await backend.userToken('user:default/jane'),
    limitedToken,
  };
}

const bearer = (token: string): AuthRequest => ({
  method: 'GET',
  headers: { authorization: `Bearer ${token}` },
});

const refused = createAuthError('AUTH_SIGNATURE_INVALID', 'as a decorator says');

describe('a request whose token is remembered', () => {
  it('passes the barrier without waiting, until the token expires', async () => {
    const { httpAuth, token, clock } = await setUp();
    const barrier = createCredentialsBarrier({ httpAuth });
    expect(barrier.admitAtOnce(bearer(token), '/')).toBeUndefined();
    clock.advance({ hours: 1 });
    const admission = barrier.admitAtOnce(bearer(token), '/');
    expect(admission).toBeInstanceOf(Promise);
    await expect(admission).rejects.toMatchObject({ code: 'AUTH_TOKEN_EXPIRED' });
  });

  it('asks an auth service again that has been changed, and a request service', async () => {
    const { auth, httpAuth, token } = await setUp();
    const barrier = createCredentialsBarrier({ httpAuth });
    const authenticate = jest.spyOn(auth, 'authenticate').mockRejectedValue(refused);
    await expect(barrier.admit(bearer(token), '/')).rejects.toMatchObject({ code: refused.code });
    // What stands between may copy what it is given.
    expect(Object.keys({ ...authenticate.mock.calls[0]?.[1] })).toEqual(['correlationId']);
    authenticate.mockRestore();
    await barrier.admit(bearer(token), '/');
    jest.spyOn(httpAuth, 'credentials').mockRejectedValue(refused);
    await expect(barrier.admit(bearer(token), '/')).rejects.toBe(refused);
  });
});

describe('what can be waited for, but is no promise', () => {
  const thenable = { then: (_: unknown, reject: (error: unknown) => void) => reject(refused) };

  it.each(['authenticate', 'getNoneCredentials'] as const)(
    'keeps out of the plugin who is refused so by %s of an auth service',
    async method => {
      const { auth, httpAuth, token } = await setUp();
      const barrier = createCredentialsBarrier({ httpAuth });
      jest.spyOn(auth, method).mockReturnValue(thenable as never);
      const request = method === 'authenticate' ? bearer(token) : { method: 'GET', headers: {} };
      const admission = barrier.admitAtOnce(request, '/');
      expect(admission).toBeInstanceOf(Promise);
      await expect(admission).rejects.toMatchObject({ code: refused.code });
    },
  );

  it('keeps out of the plugin who is refused so by a request service', async () => {
    const { httpAuth, token } = await setUp();
    const barrier = createCredentialsBarrier({ httpAuth });
    jest.spyOn(httpAuth, 'credentials').mockReturnValue(thenable as never);
    const admission = barrier.admitAtOnce(bearer(token), '/');
    expect(admission).toBeInstanceOf(Promise);
    await expect(admission).rejects.toBe(refused);
  });
});

describe.each(expressVersions)('a request on %s whose token is remembered', name => {
  const express = loadExpress(name);
  afterEach(express.stop);

  it('is accepted and refused like any other', async () => {
    const { auth, httpAuth, token, limitedToken } = await setUp();
    const { router, addAuthPolicy } = express.adapter.createPluginRouter({ auth, httpAuth });
    addAuthPolicy({ path: '/view', allow: 'user-cookie' });
    const app = express.framework();
    app.use(router);
    app.use((req, res) => void res.json({ path: req.path }));
    app.use(express.adapter.authErrorHandler());
    const send = await express.start(app);
    const statuses = async (path: string, with_: string) => {
      const answers = [];
      // The first may have to verify what the others find.
      for (let n = 0; n < 3; n += 1) answers.push(await send(`GET ${path}`, with_));
      return answers.map(({ status }) => status);
    };
    const [full, limited] = [token, limitedToken].map(each => `Authorization: Bearer ${each}`);
    expect(await statuses('/private', full!)).toEqual([200, 200, 200]);
    expect(await statuses('/view', limited!)).toEqual([200, 200, 200]);
    expect(await statuses('/private', limited!)).toEqual([401, 401, 401]);
    expect(await statuses('/private', `${full}x`)).toEqual([401, 401, 401]);
    jest.spyOn(auth, 'authenticate').mockRejectedValue(refused);
    expect(await statuses('/private', full!)).toEqual([401, 401, 401]);
    jest.spyOn(httpAuth, 'credentials').mockImplementation(() => {
      throw refused;
    });
    expect(await statuses('/private', full!)).toEqual([401, 401, 401]);
  });
});
