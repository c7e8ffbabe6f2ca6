import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it, mock } from 'node:test';
import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
  TestClock,
} from '@stagepass/auth-test-utils';
import {
  assertRefusedWith,
  assertTokenFor,
  assertUserPrincipal,
} from '@stagepass/auth-test-utils/matchers';
import { createRouter } from '../src/createRouter.js';
import { startApp } from './startApp.js';

const JANE = 'user:default/jane';
const { user, service } = mockCredentials;

describe('the plugin, on mock services', () => {
  const clock = new TestClock();
  const auth = mockServices.auth.spy({ pluginId: 'todo', clock });
  const httpAuth = mockServices.httpAuth({
    pluginId: 'todo',
    defaultCredentials: mockCredentials.none(),
    clock,
  });
  const fetch = mock.fn(async () => Response.json([]));
  const discovery = mockServices.discovery();
  const catalog = mockServices.auth({ pluginId: 'catalog', clock });
  let app;

  before(async () => {
    app = await startApp(createRouter({ auth, httpAuth, discovery, fetch }), mockErrorHandler());
  });
  after(() => app.stop());
  beforeEach(() => {
    fetch.mock.resetCalls();
    auth.getPluginRequestToken.mockReset();
  });

  it('answers the user', async () => {
    const answer = await app.ask('/me', user.token(JANE));
    assert.deepEqual(answer, { status: 200, body: { user: JANE } });
  });

  it('refuses a caller without credentials', async () => {
    const { status, body } = await app.ask('/me');
    assert.equal(status, 401);
    assert.equal(body.error.message, 'Missing credentials');
  });

  it('refuses a service where it wants a user', async () => {
    assert.equal((await app.ask('/me', service.token())).status, 403);
  });

  it('asks the catalog on behalf of the user', async () => {
    const answer = await app.ask('/entities', user.token(JANE));
    assert.deepEqual(answer, { status: 200, body: [] });
    assert.equal(auth.getPluginRequestToken.mock.callCount(), 1);
    const [call] = fetch.mock.calls;
    assertTokenFor(call.arguments, { to: 'catalog', onBehalfOf: JANE });
    const token = call.arguments[1].headers.authorization.replace('Bearer ', '');
    assertUserPrincipal(await catalog.authenticate(token), JANE);
  });

  it('keeps a restricted caller restricted in the catalog', async () => {
    const read = { permissionAttributes: { action: ['read'] } };
    const onBehalfOf = service('external:ci', {}, { todo: {}, catalog: read });
    await app.ask('/entities', service.token({ onBehalfOf }));
    const [call] = fetch.mock.calls;
    const token = call.arguments[1].headers.authorization.replace('Bearer ', '');
    const { principal } = await catalog.authenticate(token);
    assert.deepEqual(principal.accessRestrictions, read);
  });

  it('passes on that a call may not be made', async () => {
    const onBehalfOf = service('external:ci', {}, { todo: {} });
    const { status } = await app.ask('/entities', service.token({ onBehalfOf }));
    assert.equal(status, 403);
    assert.equal(fetch.mock.callCount(), 0);
    const refused = auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'catalog' });
    await assertRefusedWith(refused, 'AUTH_DELEGATION_NOT_ALLOWED');
  });

  it('fails when it gets no token', async () => {
    auth.getPluginRequestToken.mockRejectedValueOnce(new Error('Not today'));
    assert.equal((await app.ask('/entities', user.token(JANE))).status, 500);
  });

  it('refuses a user whose sign-in has expired', async () => {
    clock.advance({ hours: 1 });
    assert.equal((await app.ask('/me', user.token(JANE))).status, 401);
    const expiresAt = new Date(clock.now() + 60_000);
    assert.equal((await app.ask('/me', user.token(JANE, { expiresAt }))).status, 200);
  });
});
