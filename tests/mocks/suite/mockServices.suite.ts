import { mockCredentials, mockServices, type ServiceMock } from '@backstage/backend-test-utils';
import type { AuthService } from '@backstage/backend-plugin-api';

const JANE = 'user:default/jane';
const { user, service, none, limitedUser } = mockCredentials;

describe('mockServices.auth', () => {
  it('is the service of the plugin `test`, or of the one that is named', async () => {
    expect(await mockServices.auth().getOwnServiceCredentials()).toEqual(service('plugin:test'));
    const auth = mockServices.auth({ pluginId: 'todo' });
    expect(await auth.getOwnServiceCredentials()).toEqual(service('plugin:todo'));
    expect(await auth.getNoneCredentials()).toEqual(none());
  });

  it('tells principals apart', () => {
    const auth = mockServices.auth();
    const types = ['user', 'service', 'none', 'unknown'] as const;
    const areOf = [user(), service(), none()].map(credentials =>
      types.filter(type => auth.isPrincipal(credentials, type)),
    );
    expect(areOf).toEqual([
      ['user', 'unknown'],
      ['service', 'unknown'],
      ['none', 'unknown'],
    ]);
  });

  it.each([
    ['a user', user(JANE), user(JANE)],
    ['a service', service('plugin:a'), service('plugin:a')],
  ])('makes tokens on behalf of %s for one plugin', async (_, onBehalfOf, expected) => {
    const auth = mockServices.auth({ pluginId: 'todo' });
    const { token } = await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'catalog' });
    expect(token).toBe(service.token({ onBehalfOf, targetPluginId: 'catalog' }));
    expect(await mockServices.auth({ pluginId: 'catalog' }).authenticate(token)).toEqual(expected);
    await expect(auth.authenticate(token)).rejects.toThrow(
      "Invalid mock token target plugin ID, got 'catalog' but expected 'todo'",
    );
  });

  it('makes no token on behalf of nobody, unless the default policy is disabled', async () => {
    const options = { onBehalfOf: none(), targetPluginId: 'catalog' };
    await expect(mockServices.auth().getPluginRequestToken(options)).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: "Refused to issue service token for credential type 'none'",
    });
    const open = mockServices.auth({ disableDefaultAuthPolicy: true });
    expect(await open.getPluginRequestToken(options)).toEqual({ token: '' });
  });

  it('makes limited user tokens, which it takes where limited access is allowed', async () => {
    const auth = mockServices.auth();
    const { token, expiresAt } = await auth.getLimitedUserToken(user(JANE));
    expect(token).toBe(limitedUser.token(JANE));
    expect(expiresAt).toBeInstanceOf(Date);
    expect(await auth.authenticate(token, { allowLimitedAccess: true })).toEqual(user(JANE));
    await expect(auth.authenticate(token)).rejects.toThrow('Limited user token is not allowed');
  });

  it('makes no limited user token for a service', async () => {
    await expect(mockServices.auth().getLimitedUserToken(service() as never)).rejects.toMatchObject(
      {
        name: 'AuthenticationError',
        message: "Refused to issue limited user token for credential type 'service'",
      },
    );
  });

  it.each([
    ['the empty one', '', 'Token is empty'],
    ['an unknown one', 'abc', "Unknown mock token 'abc'"],
  ])('refuses %s among tokens', async (_, token, message) => {
    await expect(mockServices.auth().authenticate(token)).rejects.toMatchObject({
      name: 'AuthenticationError',
      message,
    });
  });

  it('has no public keys', () => {
    expect(() => mockServices.auth().listPublicServiceKeys()).toThrow('Not implemented');
  });
});

describe('mockServices.httpAuth', () => {
  const request = (headers: object) => ({ headers }) as never;

  it('takes a request without credentials for one of the default user, or of whom it is told', async () => {
    expect(await mockServices.httpAuth().credentials(request({}))).toEqual(user());
    const httpAuth = mockServices.httpAuth({ defaultCredentials: service('plugin:a') });
    expect(await httpAuth.credentials(request({}), { allow: ['service'] })).toEqual(
      service('plugin:a'),
    );
  });

  it('reads tokens for the plugin that it is of', async () => {
    const authorization = service.header({ onBehalfOf: user(), targetPluginId: 'todo' });
    const httpAuth = mockServices.httpAuth({ pluginId: 'todo' });
    expect(await httpAuth.credentials(request({ authorization }))).toEqual(user());
    await expect(
      mockServices.httpAuth().credentials(request({ authorization })),
    ).rejects.toMatchObject({ name: 'AuthenticationError' });
  });

  it('sets the cookie of the user whose credentials it is given', async () => {
    const setHeader = jest.fn();
    const { expiresAt } = await mockServices
      .httpAuth()
      .issueUserCookie({ setHeader } as never, { credentials: user(JANE) });
    expect(expiresAt).toBeInstanceOf(Date);
    expect(setHeader).toHaveBeenCalledWith('Set-Cookie', limitedUser.cookie(JANE));
  });
});

describe('mockServices.userInfo', () => {
  it('lets a user own what it owns itself', async () => {
    expect(await mockServices.userInfo().getUserInfo(user(JANE))).toEqual({
      userEntityRef: JANE,
      ownershipEntityRefs: [JANE],
    });
  });

  it('answers what it is told', async () => {
    const ownershipEntityRefs = [JANE, 'group:default/a'];
    const userInfo = mockServices.userInfo({ ownershipEntityRefs });
    expect(await userInfo.getUserInfo(user(JANE))).toEqual({
      userEntityRef: JANE,
      ownershipEntityRefs,
    });
  });

  it.each([
    ['service', service()],
    ['none', none()],
  ])('knows nothing of the principal %s', async (type, credentials) => {
    await expect(mockServices.userInfo().getUserInfo(credentials)).rejects.toMatchObject({
      name: 'InputError',
      message: `User info not available for principal type '${type}'`,
    });
  });
});

describe('mockServices.discovery', () => {
  it('finds plugins where nothing can answer', async () => {
    const discovery = mockServices.discovery();
    expect(await discovery.getBaseUrl('catalog')).toBe('http://localhost:0/api/catalog');
    expect(await discovery.getExternalBaseUrl('catalog')).toBe('http://localhost:0/api/catalog');
  });
});

describe('mockServices.*.mock', () => {
  it.each([
    [
      'auth',
      mockServices.auth.mock(),
      [
        'authenticate',
        'getLimitedUserToken',
        'getNoneCredentials',
        'getOwnServiceCredentials',
        'getPluginRequestToken',
        'isPrincipal',
        'listPublicServiceKeys',
      ],
    ],
    ['httpAuth', mockServices.httpAuth.mock(), ['credentials', 'issueUserCookie']],
    ['userInfo', mockServices.userInfo.mock(), ['getUserInfo']],
    ['discovery', mockServices.discovery.mock(), ['getBaseUrl', 'getExternalBaseUrl']],
  ])('has a spy for every method, and a factory: %s', (_, mock, methods) => {
    const { factory, ...spies } = mock;
    expect(Object.keys(spies).sort()).toEqual(methods);
    for (const spy of Object.values(spies)) expect(spy).not.toHaveBeenCalled();
    expect(factory).toMatchObject({ $$type: '@backstage/BackendFeature' });
  });

  it('returns nothing until it is told', () => {
    const { auth, httpAuth, userInfo, discovery } = mockServices;
    expect(auth.mock().authenticate('token')).toBeUndefined();
    expect(auth.mock().isPrincipal(user(), 'user')).toBeUndefined();
    expect(httpAuth.mock().credentials({} as never)).toBeUndefined();
    expect(userInfo.mock().getUserInfo(user())).toBeUndefined();
    expect(discovery.mock().getBaseUrl('catalog')).toBeUndefined();
  });

  it('does what a part of the service does, and what it is told in turn', async () => {
    const auth: jest.Mocked<AuthService> = mockServices.auth.mock({
      authenticate: async () => user(JANE),
      isPrincipal: (() => true) as never,
    });
    auth.authenticate
      .mockResolvedValueOnce(service())
      .mockRejectedValueOnce(new Error('down'))
      .mockImplementationOnce(async token => user(`user:default/${token}`));
    expect(await auth.authenticate('a')).toEqual(service());
    await expect(auth.authenticate('b')).rejects.toThrow('down');
    expect(await auth.authenticate('c')).toEqual(user('user:default/c'));
    expect(await auth.authenticate('d', { allowLimitedAccess: true })).toEqual(user(JANE));
    expect(auth.authenticate).toHaveBeenCalledTimes(4);
    expect(auth.authenticate).toHaveBeenNthCalledWith(1, 'a');
    expect(auth.authenticate).toHaveBeenLastCalledWith('d', { allowLimitedAccess: true });
    expect(auth.authenticate.mock.calls[1]).toEqual(['b']);
    expect(auth.authenticate.mock.results).toHaveLength(4);
  });

  it('forgets its calls, and what it was told', async () => {
    const discovery = mockServices.discovery.mock();
    discovery.getBaseUrl.mockResolvedValue('http://test');
    await discovery.getBaseUrl('catalog');
    discovery.getBaseUrl.mockClear();
    expect(discovery.getBaseUrl).not.toHaveBeenCalled();
    expect(await discovery.getBaseUrl('catalog')).toBe('http://test');
    discovery.getBaseUrl.mockReset();
    expect(discovery.getBaseUrl('catalog')).toBeUndefined();
  });

  it('stands where the service is wanted', async () => {
    const greet = async (auth: AuthService) =>
      `I am ${(await auth.getOwnServiceCredentials()).principal.subject}`;
    const auth: ServiceMock<AuthService> = mockServices.auth.mock();
    auth.getOwnServiceCredentials.mockResolvedValue(service('plugin:todo'));
    expect(await greet(auth)).toBe('I am plugin:todo');
  });
});
