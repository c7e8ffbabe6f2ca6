import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { refusal } from './backendClient';
import { createRouter } from './backstageExpress';
import { createCatalogPlugin } from './catalogPlugin';
import { startTodoBackend } from './startTodoBackend';
import { todoReadPermission } from './todoPlugin';

const MOCK = 'user:default/mock';
const JANE = 'user:default/jane';
const { user, service, none } = mockCredentials;

describe('the todo plugin, on services of the test', () => {
  it('takes requests without credentials for those of a service', async () => {
    const defaultCredentials = service('plugin:scheduler', { permissionNames: ['todo.read'] });
    const httpAuth = mockServices.httpAuth.factory({ defaultCredentials });
    const ask = await startTodoBackend({ httpAuth });
    const { body } = await ask('GET /api/todo/callers/services');
    expect(body).toEqual({
      type: 'service',
      subject: 'plugin:scheduler',
      accessRestrictions: { permissionNames: ['todo.read'] },
    });
    expect(await ask('GET /api/todo/callers/users')).toMatchObject({ status: 403 });
    const authorization = user.header();
    expect(await ask('GET /api/todo/callers/users', { authorization })).toMatchObject({
      status: 200,
    });
  });

  it('takes requests without credentials for those of nobody', async () => {
    const httpAuth = mockServices.httpAuth.factory({ defaultCredentials: none() });
    const ask = await startTodoBackend({ httpAuth });
    expect(refusal(await ask('GET /api/todo/todos'))).toEqual([
      401,
      'AuthenticationError',
      'Missing credentials',
    ]);
    expect(await ask('GET /api/todo/callers/anyone')).toMatchObject({ body: { type: 'none' } });
  });

  it('gets no token on behalf of nobody', async () => {
    const ask = await startTodoBackend({}, createCatalogPlugin([MOCK]));
    expect(
      refusal(await ask('GET /api/todo/owners/mock', { authorization: none.header() })),
    ).toEqual([
      401,
      'AuthenticationError',
      "Refused to issue service token for credential type 'none'",
    ]);
  });

  it('gets the empty token on behalf of nobody where the default policy is disabled', async () => {
    const onRequest = jest.fn();
    const config = { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: true } } };
    const ask = await startTodoBackend(
      { httpAuth: mockServices.httpAuth.factory({ defaultCredentials: service('plugin:nobody') }) },
      createCatalogPlugin([MOCK], onRequest),
      mockServices.rootConfig.factory({ data: config }),
    );
    const authorization = none.header();
    expect(await ask('GET /api/todo/owners/mock', { authorization })).toMatchObject({
      status: 200,
    });
    // Without a header the catalog takes it for one of its default credentials.
    expect(onRequest).toHaveBeenCalledWith(service('plugin:nobody'));
  });

  it('shows todos to whom the permissions allow it', async () => {
    const permissions = mockServices.permissions.mock();
    permissions.authorize.mockResolvedValueOnce([{ result: AuthorizeResult.DENY }]);
    permissions.authorize.mockResolvedValueOnce([{ result: AuthorizeResult.ALLOW }]);
    const ask = await startTodoBackend({}, permissions.factory);
    const authorization = user.header(JANE);
    expect(refusal(await ask('GET /api/todo/todos', { authorization }))).toEqual([
      403,
      'NotAllowedError',
      'Unauthorized',
    ]);
    expect(await ask('GET /api/todo/todos', { authorization })).toMatchObject({ status: 200 });
    expect(permissions.authorize).toHaveBeenCalledTimes(2);
    expect(permissions.authorize).toHaveBeenCalledWith([{ permission: todoReadPermission }], {
      credentials: user(JANE),
    });
  });

  it('asks the permission plugin on behalf of users, and takes the restrictions of services', async () => {
    const onRequest = jest.fn();
    const ask = await startTodoBackend(
      {
        httpAuth: mockServices.httpAuth.factory({
          defaultCredentials: service('external:ci', { permissionNames: ['catalog.read'] }),
        }),
      },
      createPermissionPlugin(onRequest),
      mockServices.rootConfig.factory({ data: { permission: { enabled: true } } }),
    );
    const statusFor = async (authorization: string) =>
      (await ask('GET /api/todo/todos', { authorization })).status;
    expect(await statusFor(user.header(JANE))).toBe(403);
    expect(await statusFor(user.header())).toBe(200);
    expect(onRequest.mock.calls).toEqual([[user(JANE)], [user()]]);
    expect(await statusFor(service.header())).toBe(200);
    expect(await ask('GET /api/todo/todos')).toMatchObject({ status: 403 });
    expect(onRequest).toHaveBeenCalledTimes(2);
  });

  it('shows the todos of those for whom the user answers', async () => {
    const userInfo = mockServices.userInfo.mock({
      getUserInfo: async () => ({ userEntityRef: MOCK, ownershipEntityRefs: [MOCK, JANE] }),
    });
    const ask = await startTodoBackend({ userInfo: userInfo.factory }, createCatalogPlugin([JANE]));
    await ask('POST /api/todo/todos', { authorization: user.header(JANE), body: { title: 'x' } });
    expect(await ask('GET /api/todo/todos')).toMatchObject({ body: [{ owner: JANE }] });
    expect(userInfo.getUserInfo).toHaveBeenCalledWith(user());
  });

  it('calls the catalog where discovery says, with the token that it got', async () => {
    const onRequest = jest.fn();
    const catalog = await startTestBackend({
      features: [
        createCatalogPlugin([MOCK], onRequest),
        mockServices.auth.factory(),
        mockServices.httpAuth.factory({ defaultCredentials: none() }),
        mockServices.userInfo.factory(),
      ],
    });
    const discovery = mockServices.discovery.mock({
      getBaseUrl: async pluginId => `http://127.0.0.1:${catalog.server.port()}/api/${pluginId}`,
    });
    const auth = mockServices.auth.mock({
      getPluginRequestToken: async () => ({ token: service.token() }),
    });
    const ask = await startTodoBackend({ auth: auth.factory }, discovery.factory);
    const body = { title: 'x' };

    expect(await ask('POST /api/todo/todos', { body })).toMatchObject({ status: 201 });
    expect(auth.getPluginRequestToken).toHaveBeenCalledWith({
      onBehalfOf: user(),
      targetPluginId: 'catalog',
    });
    expect(discovery.getBaseUrl).toHaveBeenCalledWith('catalog');
    expect(onRequest).toHaveBeenCalledWith(service());

    auth.getPluginRequestToken.mockResolvedValueOnce({ token: user.invalidToken() });
    expect(refusal(await ask('POST /api/todo/todos', { body }))).toEqual([
      503,
      'ServiceUnavailableError',
      'The catalog answered 401',
    ]);
  });

  it('believes what a mock request service says of the caller', async () => {
    const httpAuth = mockServices.httpAuth.mock();
    httpAuth.credentials.mockResolvedValue(user(JANE));
    const ask = await startTodoBackend({ httpAuth: httpAuth.factory });
    expect(await ask('GET /api/todo/callers/anyone')).toMatchObject({
      body: { userEntityRef: JANE },
    });
    expect(httpAuth.credentials).toHaveBeenCalledTimes(1);
    await ask('GET /api/todo/attachments/a.pdf');
    expect(httpAuth.credentials).toHaveBeenLastCalledWith(
      expect.objectContaining({ method: 'GET' }),
      { allow: ['user'], allowLimitedAccess: true },
    );
  });

  it('answers the failure of a mock request service', async () => {
    const httpAuth = mockServices.httpAuth.mock({
      issueUserCookie: async () => ({ expiresAt: new Date(0) }),
    });
    httpAuth.credentials.mockResolvedValue(user());
    const ask = await startTodoBackend({ httpAuth: httpAuth.factory });
    expect(await ask('POST /api/todo/session')).toMatchObject({
      body: { expiresAt: '1970-01-01T00:00:00.000Z' },
    });
    httpAuth.issueUserCookie.mockRejectedValueOnce(new Error('No cookies today'));
    expect(refusal(await ask('POST /api/todo/session'))).toEqual([
      500,
      'Error',
      'No cookies today',
    ]);
  });
});

/** A permission backend that denies everything to everyone but the default user. */
function createPermissionPlugin(onRequest: (credentials: unknown) => void) {
  return createBackendPlugin({
    pluginId: 'permission',
    register(env) {
      env.registerInit({
        deps: { httpAuth: coreServices.httpAuth, httpRouter: coreServices.httpRouter },
        async init({ httpAuth, httpRouter }) {
          const router = createRouter();
          router.post('/authorize', async (req, res) => {
            const credentials = await httpAuth.credentials(req, { allow: ['user'] });
            onRequest(credentials);
            const isMock = credentials.principal.userEntityRef === MOCK;
            const result = isMock ? AuthorizeResult.ALLOW : AuthorizeResult.DENY;
            const { items } = req.body as { items: Array<{ id: string }> };
            res.json({ items: items.map(({ id }) => ({ id, result })) });
          });
          httpRouter.use(router);
        },
      });
    },
  });
}
