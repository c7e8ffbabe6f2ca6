import { MockAuthService } from './MockAuthService';
import { mockCredentials } from './mockCredentials';

const { service } = mockCredentials;
const READ = { permissionAttributes: { action: ['read' as const] } };
const actions = (...action: unknown[]) => ({ permissionAttributes: { action } });
const QUERY = { permissionNames: ['search.query'] };
const [catalog, search] = ['catalog', 'search'].map(pluginId => new MockAuthService({ pluginId }));

describe('mock services and access restrictions', () => {
  it('let what mockCredentials.service says hold in every plugin', async () => {
    const onBehalfOf = service('external:ci', READ);
    const { token } = await catalog!.getPluginRequestToken({
      onBehalfOf,
      targetPluginId: 'search',
    });
    expect(token).toBe(
      `mock-service-token:${JSON.stringify({ sub: 'external:ci', target: 'search', restrictions: { '*': READ } })}`,
    );
    const seen = await search!.authenticate(token);
    expect(seen).toEqual(onBehalfOf);
    expect(String(seen)).toBe(String(onBehalfOf));
  });

  it('tell each plugin that is named its own part', async () => {
    const onBehalfOf = service('external:ci', READ, { catalog: READ, search: QUERY });
    const { token } = await catalog!.getPluginRequestToken({
      onBehalfOf,
      targetPluginId: 'search',
    });
    expect(await search!.authenticate(token)).toEqual(service('external:ci', QUERY));
  });

  it('restrict to the plugins named, though nothing is said of this one', () => {
    const { principal } = service('external:ci', undefined, { search: QUERY });
    expect(principal).toEqual({ type: 'service', subject: 'external:ci', accessRestrictions: {} });
  });

  it('say in the reasons what is restricted to what', async () => {
    const restricted = service('external:ci', READ, { catalog: READ });
    const delegated = catalog!.getPluginRequestToken({
      onBehalfOf: restricted,
      targetPluginId: 'search',
    });
    await expect(delegated).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_DELEGATION_NOT_ALLOWED',
      message: 'This call may not be made for its caller',
      reason: 'the access restrictions of "external:ci" do not include the plugin "search"',
    });
    const token = service.token({ onBehalfOf: restricted });
    await expect(search!.authenticate(token)).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_ACCESS_RESTRICTED',
      message: 'Access to this plugin is restricted',
      reason:
        'the access restrictions of "external:ci" name the plugins ["catalog"], this service is of "search"',
    });
  });

  it.each([
    ['no object', 1],
    ['a list', []],
    ['an entry that is null', { catalog: null }],
    ['an unknown member', { catalog: { permission: 'a' } }],
    ['no permission at all', { catalog: { permissionNames: [] } }],
    ['an empty permission', { catalog: { permissionNames: [''] } }],
    ['an empty permission beside another', { catalog: { permissionNames: ['a', ''] } }],
    ['a permission that is no text', { catalog: { permissionNames: [7] } }],
    ['permissions that are no list', { catalog: { permissionNames: 'a' } }],
    ['an entry that is none beside another', { catalog: {}, search: 7 }],
    ['an unknown attribute', { catalog: { permissionAttributes: { kind: ['a'] } } }],
    ['attributes that are a list', { catalog: { permissionAttributes: [] } }],
    ['an unknown action', { catalog: { permissionAttributes: { action: ['write'] } } }],
    ['an unknown action beside another', { catalog: actions('read', 'write') }],
    ['an action that is no text', { catalog: actions(null) }],
    ['no action at all', { catalog: { permissionAttributes: { action: [] } } }],
  ])('refuse a token with %s', async (_, restrictions) => {
    const token = `mock-service-token:${JSON.stringify({ restrictions })}`;
    await expect(catalog!.authenticate(token)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CLAIM_INVALID',
      message: "Invalid mock token, expected 'restrictions' to be access restrictions by plugin id",
    });
  });

  it.each([
    {},
    { permissionNames: ['a', 'b'] },
    { permissionAttributes: {} },
    { permissionNames: ['a'], permissionAttributes: { action: ['read'] } },
    ...['create', 'read', 'update', 'delete'].map(action => actions(action)),
    actions('create', 'read', 'update', 'delete'),
  ])('take %j for restrictions', async own => {
    const restrictions = { catalog: own };
    const token = `mock-service-token:${JSON.stringify({ sub: 'external:ci', restrictions })}`;
    expect((await catalog!.authenticate(token)).principal).toEqual({
      type: 'service',
      subject: 'external:ci',
      accessRestrictions: own,
    });
  });

  it('do not take what every object has for a plugin', async () => {
    const prototype = new MockAuthService({ pluginId: 'constructor' });
    const token = service.token({ onBehalfOf: service('x', READ, { catalog: READ }) });
    await expect(prototype.authenticate(token)).rejects.toMatchObject({
      code: 'AUTH_ACCESS_RESTRICTED',
      message: 'Access to this plugin is restricted',
    });
  });
});
