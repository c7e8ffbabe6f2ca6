import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
  TestClock,
} from '@stagepass/auth-test-utils';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRouter } from '../src/createRouter';
import { startApp } from './startApp';

type Fetch = Parameters<typeof createRouter>[0]['fetch'];

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
  const fetch = vi.fn<Fetch>(async () => Response.json([]));
  const discovery = mockServices.discovery();
  const catalog = mockServices.auth({ pluginId: 'catalog', clock });
  let app: Awaited<ReturnType<typeof startApp>>;

  beforeAll(async () => {
    app = await startApp(createRouter({ auth, httpAuth, discovery, fetch }), mockErrorHandler());
  });
  afterAll(() => app.stop());
  beforeEach(() => {
    fetch.mockClear();
    auth.getPluginRequestToken.mockReset();
  });

  const sentToken = () =>
    String(fetch.mock.calls[0]?.[1].headers.authorization).replace('Bearer ', '');

  it('answers the user', async () => {
    expect(await app.ask('/me', user.token(JANE))).toEqual({ status: 200, body: { user: JANE } });
  });

  it('refuses a caller without credentials', async () => {
    expect(await app.ask('/me')).toMatchObject({
      status: 401,
      body: { error: { name: 'AuthenticationError', message: 'Missing credentials' } },
    });
  });

  it('refuses a service where it wants a user', async () => {
    expect(await app.ask('/me', service.token())).toMatchObject({ status: 403 });
  });

  it('asks the catalog on behalf of the user', async () => {
    expect(await app.ask('/entities', user.token(JANE))).toEqual({ status: 200, body: [] });
    expect(auth.getPluginRequestToken).toHaveBeenCalledTimes(1);
    expect(fetch.mock.calls[0]).toBeTokenFor({ to: 'catalog', onBehalfOf: JANE });
    expect(await catalog.authenticate(sentToken())).toBeUserPrincipal(JANE);
  });

  it('keeps a restricted caller restricted in the catalog', async () => {
    const read = { permissionAttributes: { action: ['read' as const] } };
    const onBehalfOf = service('external:ci', {}, { todo: {}, catalog: read });
    await app.ask('/entities', service.token({ onBehalfOf }));
    expect(await catalog.authenticate(sentToken())).toMatchObject({
      principal: { accessRestrictions: read },
    });
  });

  it('passes on that a call may not be made', async () => {
    const onBehalfOf = service('external:ci', {}, { todo: {} });
    const { status } = await app.ask('/entities', service.token({ onBehalfOf }));
    expect(status).toBe(403);
    expect(fetch).not.toHaveBeenCalled();
    await expect(
      auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'catalog' }),
    ).toBeRefusedWith('AUTH_DELEGATION_NOT_ALLOWED');
  });

  it('fails when it gets no token', async () => {
    auth.getPluginRequestToken.mockRejectedValueOnce(new Error('Not today'));
    expect(await app.ask('/entities', user.token(JANE))).toMatchObject({ status: 500 });
  });

  it('refuses a user whose sign-in has expired', async () => {
    clock.advance({ hours: 1 });
    expect(await app.ask('/me', user.token(JANE))).toMatchObject({ status: 401 });
    const expiresAt = new Date(clock.now() + 60_000);
    expect(await app.ask('/me', user.token(JANE, { expiresAt }))).toMatchObject({ status: 200 });
  });
});
