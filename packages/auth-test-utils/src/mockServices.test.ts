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
