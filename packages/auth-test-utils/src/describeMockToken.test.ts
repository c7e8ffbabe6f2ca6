import { describeMockToken } from './describeMockToken';
import { mockCredentials } from './mockCredentials';
import { mockServices } from './mockServices';

const JANE = 'user:default/jane';

it.each([
  [mockCredentials.user.token(), { type: 'user', subject: 'user:default/mock' }],
  [mockCredentials.user.token(JANE), { type: 'user', subject: JANE }],
  [mockCredentials.limitedUser.token(JANE), { type: 'limited-user', subject: JANE }],
  [mockCredentials.service.token(), { type: 'service', subject: 'external:test-service' }],
  [mockCredentials.user.invalidToken(), { type: 'invalid' }],
])('describes %s', (token, description) => {
  expect(describeMockToken(token)).toEqual(description);
});

it('describes what a plugin sends onward, for itself and for a user', async () => {
  const auth = mockServices.auth({ pluginId: 'todo' });
  const own = await auth.getPluginRequestToken({
    onBehalfOf: await auth.getOwnServiceCredentials(),
    targetPluginId: 'catalog',
  });
  const jane = await auth.getPluginRequestToken({
    onBehalfOf: mockCredentials.user(JANE),
    targetPluginId: 'catalog',
  });
  expect(describeMockToken(own.token)).toEqual({ type: 'plugin', from: 'todo', to: 'catalog' });
  expect(describeMockToken(jane.token)).toEqual({
    type: 'plugin',
    to: 'catalog',
    onBehalfOf: JANE,
  });
});

it('refuses a text that is no mock token, without repeating it', () => {
  expect(() => describeMockToken('a-secret')).toThrow(
    new TypeError(
      'Expected a mock token, found another text; signed ones are described by their authority',
    ),
  );
});

it('says what a restricted service may do', () => {
  const { service } = mockCredentials;
  const read = { permissionAttributes: { action: ['read' as const] } };
  const token = service.token({
    onBehalfOf: service('external:ci', undefined, { catalog: read }),
    targetPluginId: 'catalog',
  });
  expect(describeMockToken(token)).toEqual({
    type: 'service',
    subject: 'external:ci',
    to: 'catalog',
    restrictions: { catalog: read },
  });
});
