import { createAuthBackend } from '@stagepass/auth-backend';
import type { LoggerService } from '@stagepass/auth-node';
import { createHttpAuthService } from '@stagepass/auth-http';
import { authErrorHandler } from '@stagepass/auth-http/express';
import { createTestAuthority, type TestAuthority } from '@stagepass/auth-test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRouter } from '../src/createRouter';
import { startApp } from './startApp';

const JANE = 'user:default/jane';
const pluginId = 'todo';

describe('the plugin, on real services and real tokens', () => {
  const fetch = vi.fn(async () => Response.json([]));
  const logger: LoggerService = {
    error() {},
    warn() {},
    info() {},
    debug() {},
    child: () => logger,
  };
  let authority: TestAuthority;
  let app: Awaited<ReturnType<typeof startApp>>;

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
