import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { createAuthBackend } from '@stagepass/auth-backend';
import { createHttpAuthService } from '@stagepass/auth-http';
import { authErrorHandler } from '@stagepass/auth-http/express';
import { createTestAuthority } from '@stagepass/auth-test-utils';
import { assertTokenFor } from '@stagepass/auth-test-utils/matchers';
import { createRouter } from '../src/createRouter.js';
import { startApp } from './startApp.js';

const JANE = 'user:default/jane';
const pluginId = 'todo';

describe('the plugin, on real services and real tokens', () => {
  const fetch = mock.fn(async () => Response.json([]));
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
    await assertTokenFor(fetch.mock.calls[0].arguments, expected);
  });

  it('refuses a token that has expired', async () => {
    const token = authority.userToken(JANE, { expiresIn: { minutes: 10 } });
    assert.equal((await app.ask('/me', token)).status, 200);
    authority.advanceTime({ minutes: 10 });
    assert.equal((await app.ask('/me', token)).status, 401);
  });

  it('refuses a token that was tampered with', async () => {
    const token = authority.tamper(authority.userToken(JANE), 'payload');
    assert.equal((await app.ask('/me', token)).status, 401);
  });

  it('does not blame the caller when the keys are out of reach', async () => {
    authority.goDown();
    assert.equal((await app.ask('/me', authority.userToken(JANE))).status, 503);
  });
});
