import { AssertionError } from 'node:assert';
import {
  assertActor,
  assertNonePrincipal,
  assertRefusedWith,
  assertServicePrincipal,
  assertTokenFor,
  assertUserPrincipal,
} from './authAssertions';
import { authMatchers } from './authMatchers';
import { createTestAuthority } from './createTestAuthority';
import { mockCredentials } from './mockCredentials';
import { mockServices } from './mockServices';

const JANE = 'user:default/jane';
const { user, limitedUser, service, none } = mockCredentials;
const auth = mockServices.auth({ pluginId: 'todo' });
const send = async (onBehalfOf: Parameters<typeof auth.getPluginRequestToken>[0]['onBehalfOf']) =>
  (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'catalog' })).token;

describe('toBeTokenFor and assertTokenFor', () => {
  it('hold for the mock token that a plugin sent for itself', async () => {
    const token = await send(await auth.getOwnServiceCredentials());
    for (const expected of [{ to: 'catalog' }, { from: 'todo', to: 'catalog' }]) {
      for (const sent of [token, { headers: { authorization: `Bearer ${token}` } }]) {
        const { pass, message } = authMatchers.toBeTokenFor(sent, expected);
        expect(pass).toBe(true);
        expect(message()).toMatch(/^Expected anything but a token (from todo )?to catalog, on/);
        assertTokenFor(sent, expected);
      }
    }
  });

  it('hold for the mock token that it sent for its caller', async () => {
    assertTokenFor(await send(user(JANE)), { to: 'catalog', onBehalfOf: JANE });
    assertTokenFor(await send(service('external:ci')), {
      to: 'catalog',
      onBehalfOf: 'external:ci',
    });
  });

  it.each<
    [what: string, sent: () => unknown, expected: { from?: string; to: string }, found: string]
  >([
    [
      'sent to another plugin',
      () => send(user(JANE)),
      { to: 'search', onBehalfOf: JANE } as { to: string },
      `a token to search, on behalf of ${JANE}, found a token to catalog, on behalf of ${JANE}`,
    ],
    [
      'sent for the user, not for the plugin',
      () => send(user(JANE)),
      { to: 'catalog' },
      `a token to catalog, on behalf of nobody but the plugin, found a token to catalog, on behalf of ${JANE}`,
    ],
    [
      'sent by another plugin',
      async () => send(await auth.getOwnServiceCredentials()),
      { from: 'search', to: 'catalog' },
      'a token from search to catalog, on behalf of nobody but the plugin, found a token from todo to catalog, on behalf of nobody but the plugin',
    ],
    [
      'that does not say who sent it',
      () => send(user(JANE)),
      { from: 'todo', to: 'catalog', onBehalfOf: JANE } as { to: string },
      `a token from todo to catalog, on behalf of ${JANE}, found a token to catalog, on behalf of ${JANE}; such mock tokens do not say who calls, leave \`from\` out`,
    ],
    [
      'of the user, passed on',
      () => user.header(JANE),
      { to: 'catalog' },
      `a token to catalog, on behalf of nobody but the plugin, found the user token of ${JANE}; get one for the call from getPluginRequestToken`,
    ],
    [
      'of the cookie, passed on',
      () => limitedUser.token(JANE),
      { to: 'catalog' },
      `a token to catalog, on behalf of nobody but the plugin, found the limited user token of ${JANE}; get one for the call from getPluginRequestToken`,
    ],
    [
      'of nobody',
      () => none.header(),
      { to: 'catalog' },
      'a token to catalog, on behalf of nobody but the plugin, found the mock token of a caller without credentials',
    ],
    [
      'that is made to be refused',
      () => service.invalidToken(),
      { to: 'catalog' },
      'a token to catalog, on behalf of nobody but the plugin, found a mock token that is made to be refused',
    ],
    [
      'without a target',
      () => service.token(),
      { to: 'catalog' },
      'a token to catalog, on behalf of nobody but the plugin, found a token to any plugin, on behalf of external:test-service',
    ],
    [
      'that is none',
      () => ({ headers: {} }),
      { to: 'catalog' },
      'a token to catalog, on behalf of nobody but the plugin, found neither a token nor an Authorization header',
    ],
    [
      'that is signed, without the authority',
      () => 'eyJhbGciOiJFUzI1NiJ9.e30.AA',
      { to: 'catalog' },
      'a token to catalog, on behalf of nobody but the plugin, found one that would be refused: Expected a mock token, found another text; signed ones are described by their authority',
    ],
  ])('do not hold for a mock token %s', async (_, send, expected, found) => {
    const sent = await send();
    const message = `Expected ${found}`;
    expect(authMatchers.toBeTokenFor(sent, expected)).toMatchObject({ pass: false });
    expect(authMatchers.toBeTokenFor(sent, expected).message()).toBe(message);
    expect(() => assertTokenFor(sent, expected)).toThrow(new AssertionError({ message }));
  });

  it('check a signed token, with its authority', async () => {
    const authority = await createTestAuthority();
    const token = authority.pluginToken({ from: 'todo', to: 'catalog', onBehalfOf: JANE });
    const expected = { authority, from: 'todo', to: 'catalog', onBehalfOf: JANE };
    await assertTokenFor(`Bearer ${token}`, expected);
    await assertTokenFor(await send(user(JANE)), { authority, to: 'catalog', onBehalfOf: JANE });
    expect((await authMatchers.toBeTokenFor(token, expected)).pass).toBe(true);
    await expect(assertTokenFor({}, expected)).rejects.toThrow(/, found neither a token nor an/);
    await expect(assertTokenFor(token, { ...expected, to: 'search' })).rejects.toThrow(
      `Expected a token from todo to search, on behalf of ${JANE}, found a token from todo to catalog, on behalf of ${JANE}`,
    );
    authority.advanceTime({ hours: 1 });
    await expect(assertTokenFor(token, expected)).rejects.toThrow(
      'found one that would be refused: Expected a plugin token that is still good, found one that has expired',
    );
  });
});

describe('the assertions', () => {
  it('hold, and narrow the type', async () => {
    const credentials: unknown = user(JANE, { actor: { subject: 'plugin:search' } });
    assertUserPrincipal(credentials, JANE);
    expect(credentials.principal.userEntityRef).toBe(JANE);
    assertActor(credentials, 'plugin:search');
    assertServicePrincipal(service('plugin:a'), 'plugin:a');
    assertNonePrincipal(none());
    await assertRefusedWith(auth.authenticate(''), 'AUTH_TOKEN_MALFORMED');
  });

  it.each<[name: string, fail: () => unknown, message: string]>([
    [
      'assertUserPrincipal',
      () => assertUserPrincipal(service(), JANE),
      `Expected credentials of the user ${JANE}, found those of the service external:test-service`,
    ],
    [
      'assertServicePrincipal',
      () => assertServicePrincipal(none()),
      'Expected credentials of a service, found those of a caller without credentials',
    ],
    [
      'assertNonePrincipal',
      () => assertNonePrincipal(user(JANE)),
      `Expected credentials of a caller without credentials, found those of the user ${JANE}`,
    ],
    [
      'assertActor',
      () => assertActor(user(JANE), 'plugin:a'),
      `Expected credentials of a user for whom plugin:a calls, found those of the user ${JANE}`,
    ],
    [
      'assertRefusedWith',
      () => assertRefusedWith(auth.authenticate(''), 'AUTH_KEY_UNKNOWN'),
      'Expected a refusal with AUTH_KEY_UNKNOWN, found AuthenticationError with code AUTH_TOKEN_MALFORMED',
    ],
  ])('fail with what was found: %s', async (_, fail, message) => {
    await expect((async () => fail())()).rejects.toThrow(new AssertionError({ message }));
  });
});
