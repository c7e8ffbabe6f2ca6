import { MockAuthService } from './MockAuthService';
import { mockCredentials } from './mockCredentials';
import { MockHttpAuthService } from './MockHttpAuthService';
import { mockServices } from './mockServices';
import { MockUserInfoService } from './MockUserInfoService';

describe('mockServices', () => {
  it('hands its options to the services', async () => {
    const auth = mockServices.auth({ pluginId: 'catalog', disableDefaultAuthPolicy: true });
    expect((await auth.getOwnServiceCredentials()).principal.subject).toBe('plugin:catalog');
    expect(
      await auth.getPluginRequestToken({
        onBehalfOf: mockCredentials.none(),
        targetPluginId: 'catalog',
      }),
    ).toEqual({ token: '' });

    const defaultCredentials = mockCredentials.service();
    const httpAuth = mockServices.httpAuth({ defaultCredentials });
    expect(await httpAuth.credentials({ headers: {} })).toBe(defaultCredentials);
  });

  it('lets users own what they own themselves, unless told otherwise', async () => {
    const jane = mockCredentials.user('user:default/jane');
    expect(await mockServices.userInfo().getUserInfo(jane)).toEqual({
      userEntityRef: 'user:default/jane',
      ownershipEntityRefs: ['user:default/jane'],
    });
    const team = ['user:default/jane', 'group:default/team'];
    expect(await mockServices.userInfo({ ownershipEntityRefs: team }).getUserInfo(jane)).toEqual({
      userEntityRef: 'user:default/jane',
      ownershipEntityRefs: team,
    });
  });

  it.each([
    ['service', mockCredentials.service()],
    ['none', mockCredentials.none()],
    ['undefined', {} as never],
  ])('has no user info for %s', async (type, credentials) => {
    await expect(mockServices.userInfo().getUserInfo(credentials)).rejects.toMatchObject({
      name: 'InputError',
      message: `User info not available for principal type '${type}'`,
    });
  });

  it('discovers plugins where nothing can answer', async () => {
    const discovery = mockServices.discovery();
    expect(await discovery.getBaseUrl('catalog')).toBe('http://localhost:0/api/catalog');
    expect(await discovery.getExternalBaseUrl('a/b')).toBe('http://localhost:0/api/a%2Fb');
  });
});

describe('mockServices.*.mock', () => {
  it.each([
    ['auth', mockServices.auth.mock(), new MockAuthService()],
    ['httpAuth', mockServices.httpAuth.mock(), new MockHttpAuthService()],
    ['userInfo', mockServices.userInfo.mock(), new MockUserInfoService()],
  ])('has a mock function for every method: %s', (name, mock, service) => {
    const prototype: object = Object.getPrototypeOf(service) as object;
    const methods = Object.getOwnPropertyNames(prototype).filter(key => key !== 'constructor');
    expect(Object.keys(mock).sort()).toEqual(methods.sort());
    for (const [method, spy] of Object.entries(mock)) {
      expect(spy).not.toHaveBeenCalled();
      expect(spy.getMockName()).toBe(`${name}.${method}`);
    }
  });

  it('has one for every method of discovery', () => {
    expect(Object.keys(mockServices.discovery.mock())).toEqual([
      'getBaseUrl',
      'getExternalBaseUrl',
    ]);
  });

  it('does what the partial implementation does, and remembers the calls', async () => {
    const discovery = mockServices.discovery.mock({
      getBaseUrl: async pluginId => `http://test/${pluginId}`,
    });
    expect(await discovery.getBaseUrl('catalog')).toBe('http://test/catalog');
    expect(discovery.getBaseUrl).toHaveBeenCalledWith('catalog');
    expect(discovery.getExternalBaseUrl('catalog')).toBeUndefined();
  });

  it('can be told what to do later on', async () => {
    const auth = mockServices.auth.mock();
    auth.getPluginRequestToken.mockResolvedValueOnce({ token: 'once' });
    const options = { onBehalfOf: mockCredentials.user(), targetPluginId: 'catalog' };
    expect(await auth.getPluginRequestToken(options)).toEqual({ token: 'once' });
    expect(auth.getPluginRequestToken).toHaveBeenCalledWith({
      onBehalfOf: mockCredentials.user(),
      targetPluginId: 'catalog',
    });
    auth.authenticate.mockRejectedValue(new Error('down'));
    await expect(auth.authenticate('token')).rejects.toThrow('down');
  });

  it('makes services that share nothing', () => {
    const [one, other] = [mockServices.userInfo.mock(), mockServices.userInfo.mock()];
    void one.getUserInfo(mockCredentials.user());
    expect(other.getUserInfo).not.toHaveBeenCalled();
  });

  it('takes over what is no function, and functions beyond the interface', () => {
    const partial = { name: 'mine', getBaseUrl: undefined, refresh: () => 'done' };
    const mock = mockServices.discovery.mock(partial) as unknown as {
      name: string;
      getBaseUrl: unknown;
      refresh(): string;
    };
    expect(mock.name).toBe('mine');
    expect(mock.refresh()).toBe('done');
    expect(mock.refresh).toHaveBeenCalledTimes(1);
    expect(mock.getBaseUrl).not.toHaveBeenCalled();
  });
});

describe('mockServices.*.spy', () => {
  it.each([
    ['auth', mockServices.auth.spy(), mockServices.auth.mock()],
    ['httpAuth', mockServices.httpAuth.spy(), mockServices.httpAuth.mock()],
    ['userInfo', mockServices.userInfo.spy(), mockServices.userInfo.mock()],
    ['discovery', mockServices.discovery.spy(), mockServices.discovery.mock()],
  ])('has the mock functions of the mock: %s', (name, spy, mock) => {
    expect(Object.keys(spy)).toEqual(Object.keys(mock));
    for (const [method, one] of Object.entries(spy)) {
      expect(one.getMockName()).toBe(`${name}.${method}`);
    }
  });

  it('does what the fake does, and remembers it', async () => {
    const auth = mockServices.auth.spy({ pluginId: 'todo' });
    const call = { onBehalfOf: mockCredentials.user(), targetPluginId: 'catalog' };
    const { token } = await auth.getPluginRequestToken(call);
    expect(token).toBe(mockCredentials.service.token(call));
    expect(auth.getPluginRequestToken).toHaveBeenCalledWith(call);
    await expect(auth.authenticate(token)).rejects.toMatchObject({
      code: 'AUTH_AUDIENCE_MISMATCH',
      message: "Invalid mock token target plugin ID, got 'catalog' but expected 'todo'",
    });
    const httpAuth = mockServices.httpAuth.spy({ defaultCredentials: mockCredentials.none() });
    const request = { headers: {} };
    await expect(httpAuth.credentials(request, { allow: ['user'] })).rejects.toMatchObject({
      code: 'AUTH_CREDENTIALS_MISSING',
      message: 'Missing credentials',
    });
    expect(httpAuth.credentials.mock.calls).toEqual([[request, { allow: ['user'] }]]);
  });

  it('can fail once, and goes on', async () => {
    const auth = mockServices.auth.spy();
    auth.authenticate.mockRejectedValueOnce(new Error('down'));
    await expect(auth.authenticate('mock-user-token')).rejects.toThrow('down');
    expect(await auth.authenticate('mock-user-token')).toEqual(mockCredentials.user());
    auth.authenticate.mockReset();
    expect(await auth.authenticate('mock-user-token')).toEqual(mockCredentials.user());
  });
});

describe('a mock function of the test runner', () => {
  it('stays what it is in a mock service, so that the runner can reset it', async () => {
    const getBaseUrl = jest.fn(async () => 'http://test');
    const discovery = mockServices.discovery.mock({ getBaseUrl });
    expect(discovery.getBaseUrl).toBe(getBaseUrl);
    await discovery.getBaseUrl('catalog');
    expect(getBaseUrl).toHaveBeenCalledWith('catalog');
    jest.resetAllMocks();
    expect(discovery.getBaseUrl).not.toHaveBeenCalled();
    expect(discovery.getExternalBaseUrl.getMockName()).toBe('discovery.getExternalBaseUrl');
  });

  it('is known by its call count where it has no mark, as in node:test', () => {
    const getBaseUrl = Object.assign(async () => 'http://test', { mock: { callCount: () => 0 } });
    expect(mockServices.discovery.mock({ getBaseUrl }).getBaseUrl).toBe(getBaseUrl);
  });
});
