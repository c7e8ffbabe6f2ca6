const { createAuthBackend } = require('@stagepass/auth-backend');
const { createHttpAuthService } = require('@stagepass/auth-http');
const { authErrorHandler } = require('@stagepass/auth-http/express');
const { createTestAuthority } = require('@stagepass/auth-test-utils');
const { authMatchers } = require('@stagepass/auth-test-utils/matchers');
const { createRouter } = require('../src/createRouter');
const { startApp } = require('./startApp');

expect.extend(authMatchers);

const JANE = 'user:default/jane';
const pluginId = 'todo';

describe('the plugin, on real services and real tokens', () => {
  const fetch = jest.fn(async () => Response.json([]));
  const logger = { error() {}, warn() {}, info() {}, debug() {}, child: () => logger };
  let authority;
  let app;

  beforeEach(async () => {
    authority = await createTestAuthority();
    const { discovery, clock } = authority;
    const backend = createAuthBackend({ discovery, fetch: authority.fetch, clock, logger });
    const auth = await backend.forPlugin(pluginId);
    authority.publishKeysOf(pluginId, auth);
    const httpAuth = createHttpAuthService({ auth, discovery, pluginId, clock });
    app = await startApp(createRouter({ auth, httpAuth, discovery, fetch }), authErrorHandler());
  });
  afterEach(() => app.stop());

  it('asks the catalog on behalf of the user', async () => {
    await app.ask('/entities', authority.userToken(JANE));
    const expected = { authority, from: pluginId, to: 'catalog', onBehalfOf: JANE };
    await expect(fetch.mock.calls[0]).toBeTokenFor(expected);
  });

  it('refuses a token that has expired', async () => {
    const token = authority.userToken(JANE, { expiresIn: { minutes: 10 } });
    expect(await app.ask('/me', token)).toMatchObject({ status: 200 });
    authority.advanceTime({ minutes: 10 });
    expect(await app.ask('/me', token)).toMatchObject({ status: 401 });
  });

  it('refuses a token that was tampered with', async () => {
    const token = authority.tamper(authority.userToken(JANE), 'payload');
    expect(await app.ask('/me', token)).toMatchObject({ status: 401 });
  });

  it('does not blame the caller when the keys are out of reach', async () => {
    authority.goDown();
    expect(await app.ask('/me', authority.userToken(JANE))).toMatchObject({ status: 503 });
  });
});
