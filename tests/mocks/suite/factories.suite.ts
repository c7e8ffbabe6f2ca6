import { type AuthService, coreServices, type ServiceFactory } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, ServiceFactoryTester } from '@backstage/backend-test-utils';

const JANE = 'user:default/jane';
const { user, service, none } = mockCredentials;
const request = (headers: object) => ({ headers }) as never;

describe('mockServices.*.factory', () => {
  it('makes an auth service for each plugin', async () => {
    const tester = ServiceFactoryTester.from(mockServices.auth.factory());
    const [test, todo] = [await tester.getSubject(), await tester.getSubject('todo')];
    expect(await test.getOwnServiceCredentials()).toEqual(service('plugin:test'));
    expect(await todo.getOwnServiceCredentials()).toEqual(service('plugin:todo'));

    const { token } = await test.getPluginRequestToken({
      onBehalfOf: user(JANE),
      targetPluginId: 'todo',
    });
    expect(await todo.authenticate(token)).toEqual(user(JANE));
    await expect(test.authenticate(token)).rejects.toMatchObject({ name: 'AuthenticationError' });
  });

  it.each([
    ['refused', undefined],
    ['refused', false],
    ['empty', true],
    ['empty', 'true'],
  ])('makes one whose tokens for nobody are %s: %p', async (outcome, disabled) => {
    const data = { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: disabled } } };
    const auth = await ServiceFactoryTester.from(mockServices.auth.factory(), {
      dependencies: [mockServices.rootConfig.factory({ data: disabled === undefined ? {} : data })],
    }).getSubject();
    const token = auth.getPluginRequestToken({ onBehalfOf: none(), targetPluginId: 'todo' });
    const was = await token.then(
      ({ token: text }) => (text === '' ? 'empty' : text),
      ({ name }: Error) => (name === 'AuthenticationError' ? 'refused' : name),
    );
    expect(was).toBe(outcome);
  });

  it('fails for a policy that is neither disabled nor not', async () => {
    const data = { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: 'perhaps' } } };
    const tester = ServiceFactoryTester.from(mockServices.auth.factory(), {
      dependencies: [mockServices.rootConfig.factory({ data })],
    });
    await expect(tester.getSubject()).rejects.toThrow('dangerouslyDisableDefaultAuthPolicy');
  });

  it('makes a request service for each plugin', async () => {
    const tester = ServiceFactoryTester.from(mockServices.httpAuth.factory());
    const todo = await tester.getSubject('todo');
    expect(await todo.credentials(request({}))).toEqual(user());
    const authorization = service.header({ onBehalfOf: user(JANE), targetPluginId: 'todo' });
    expect(await todo.credentials(request({ authorization }))).toEqual(user(JANE));
    const test = await tester.getSubject();
    await expect(test.credentials(request({ authorization }))).rejects.toMatchObject({
      name: 'AuthenticationError',
    });
  });

  it('makes one with default credentials', async () => {
    const defaultCredentials = service('plugin:a');
    const httpAuth = await ServiceFactoryTester.from(
      mockServices.httpAuth.factory({ defaultCredentials }),
    ).getSubject();
    expect(await httpAuth.credentials(request({}))).toBe(defaultCredentials);
    const authorization = none.header();
    expect(await httpAuth.credentials(request({ authorization }))).toEqual(none());
  });

  it('makes a user info service', async () => {
    const tester = ServiceFactoryTester.from(mockServices.userInfo.factory());
    const userInfo = await tester.getSubject('todo');
    expect(await userInfo.getUserInfo(user(JANE))).toEqual({
      userEntityRef: JANE,
      ownershipEntityRefs: [JANE],
    });
  });

  it('makes a discovery service', async () => {
    const discovery = await ServiceFactoryTester.from(
      mockServices.discovery.factory(),
    ).getSubject();
    expect(await discovery.getBaseUrl('todo')).toBe('http://localhost:0/api/todo');
    expect(await discovery.getExternalBaseUrl('todo')).toBe('http://localhost:0/api/todo');
  });

  it('gives a service what it depends on', async () => {
    const tester = ServiceFactoryTester.from(mockServices.httpAuth.factory(), {
      dependencies: [mockServices.auth.factory(), mockServices.userInfo.factory()],
    });
    const auth = await tester.getService(coreServices.auth, 'todo');
    expect(await auth.getOwnServiceCredentials()).toEqual(service('plugin:todo'));
    const userInfo = await tester.getService(coreServices.userInfo);
    expect(await userInfo.getUserInfo(user())).toMatchObject({
      userEntityRef: 'user:default/mock',
    });
  });
});

describe('mockServices.*.mock().factory', () => {
  it.each<[string, ServiceFactory, { factory: ServiceFactory }]>([
    ['auth', mockServices.auth.factory(), mockServices.auth.mock()],
    ['httpAuth', mockServices.httpAuth.factory(), mockServices.httpAuth.mock()],
    ['userInfo', mockServices.userInfo.factory(), mockServices.userInfo.mock()],
    ['discovery', mockServices.discovery.factory(), mockServices.discovery.mock()],
  ])('gives the mock itself to every plugin: %s', async (_, factory, mock) => {
    expect(mock.factory.service.id).toBe(factory.service.id);
    const tester = ServiceFactoryTester.from(mock.factory as ServiceFactory<unknown, 'plugin'>);
    expect(await tester.getSubject('todo')).toBe(mock);
    expect(await tester.getSubject('catalog')).toBe(mock);
  });

  it('can be told what to do once the backend has it', async () => {
    const auth = mockServices.auth.mock();
    const factory = auth.factory as ServiceFactory<AuthService, 'plugin', 'singleton'>;
    const given = await ServiceFactoryTester.from(factory).getSubject('todo');
    auth.getOwnServiceCredentials.mockResolvedValueOnce(service('plugin:a'));
    expect(await given.getOwnServiceCredentials()).toEqual(service('plugin:a'));
    expect(auth.getOwnServiceCredentials).toHaveBeenCalledWith();
  });
});
