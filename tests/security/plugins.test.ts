import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpAuthService } from '@stagepass/auth-http';
import { authErrorHandler, createPluginRouter } from '@stagepass/auth-http/express';
import express from 'express';
import { Installation, STATIC_TOKEN } from '../../packages/auth-backend/src/testing/Installation';
import { issueOwn } from '../../packages/auth-backend/src/testing/credentialFixtures';
import { decode } from '../../packages/auth-backend/src/testing/tokenFixtures';

const discovery = {
  getBaseUrl: async (id: string) => `http://backend/api/${id}`,
  getExternalBaseUrl: async (id: string) => `https://example.com/api/${id}`,
};

describe('PLG-06 the plugin that a token is for', () => {
  it.each([
    '',
    ' ',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    'a%2fb',
    'a?x',
    'a#x',
    'a b',
    'a\n',
    'a\u0000',
    '@evil.example',
    'evil.example:80',
    '[::1]',
    '\u212Aatalog',
    'käse',
    'x'.repeat(129),
    'x'.repeat(300),
    undefined,
    null,
    1,
    ['catalog'],
    {},
  ])('PLG-06 is no plugin: %j', async target => {
    const it = new Installation();
    const auth = await it.plugin();
    for (const onBehalfOf of [
      await auth.getOwnServiceCredentials(),
      await auth.authenticate(it.userToken()),
    ]) {
      it.network.requests.length = 0;
      const result = auth.getPluginRequestToken({ onBehalfOf, targetPluginId: target as string });
      await expect(result).rejects.toMatchObject({
        name: 'InputError',
        message: expect.stringMatching(/^Invalid targetPluginId, expected letters/) as unknown,
      });
      expect(it.network.requests).toEqual([]);
    }
  });

  it('PLG-06 may be in upper case, as in Backstage, and is another than that in lower case', async () => {
    const it = new Installation();
    const token = await issueOwn(await it.plugin('scaffolder'), 'A');
    expect(decode(token).payload.aud).toBe('A');
    await expect((await it.plugin('a')).authenticate(token)).rejects.toMatchObject({
      code: 'AUTH_AUDIENCE_MISMATCH',
    });
  });
});

describe('PLG-07 plugins whose ids differ in case alone', () => {
  it.each([
    ['catalog', 'Catalog'],
    ['Catalog', 'catalog'],
    ['CATALOG', 'catalog'],
    ['my-Plugin_2', 'My-plugin_2'],
  ])('PLG-07 are not both opened: %s, then %s', async (first, second) => {
    const { backend } = new Installation();
    const opened = await backend.forPlugin(first);
    for (let again = 0; again < 2; again += 1) {
      await expect(backend.forPlugin(second)).rejects.toMatchObject({
        code: 'AUTH_CONFIG_INVALID',
        message: `pluginId: "${second}" differs from "${first}" only in case`,
      });
    }
    expect(await backend.forPlugin(first)).toBe(opened);
  });
});

describe('PLG-08 one request that passes through two plugins', () => {
  const externalAccess = [
    {
      type: 'static',
      options: { token: STATIC_TOKEN, subject: 'ci' },
      accessRestrictions: [{ plugin: 'first', permission: 'first.read' }],
    },
  ];

  /** Sends a token to the routers of the plugins, one behind the other in one application. */
  async function pass(it: Installation, token: string, ...pluginIds: string[]) {
    const app = express();
    const seen: string[] = [];
    for (const pluginId of pluginIds) {
      const auth = await it.plugin(pluginId);
      const { logger, clock } = it;
      const httpAuth = createHttpAuthService({ auth, discovery, pluginId, logger, clock });
      const { router } = createPluginRouter({ auth, httpAuth });
      app.use('/api', router, (req, _res, next) => {
        httpAuth
          .credentials(req)
          .then(({ principal }) => seen.push(`${pluginId}: ${JSON.stringify(principal)}`))
          .then(() => next(), next);
      });
    }
    app.set('env', 'test').use((_req, res) => void res.send('passed'));
    app.use(authErrorHandler());
    const server = createServer(app);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      const sent = get({ host: '127.0.0.1', port, path: '/api/x', headers }, response => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      sent.on('error', reject);
    });
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    return { status, seen };
  }

  it('PLG-08 is decided by each of them, for itself', async () => {
    const it = new Installation({ auth: { externalAccess } });
    const { status, seen } = await pass(it, it.userToken(), 'first', 'second');
    expect(status).toBe(200);
    expect(seen).toHaveLength(2);
    expect(it.events.map(({ type, pluginId }) => `${type} by ${pluginId}`)).toEqual([
      'verified by first',
      'verified by second',
    ]);
  });

  it('PLG-08 does not take what the first accepted into the second', async () => {
    const it = new Installation({ auth: { externalAccess } });
    const restricted = await pass(it, STATIC_TOKEN, 'first', 'second');
    expect(restricted).toEqual({
      status: 403,
      seen: [
        'first: {"type":"service","subject":"ci","accessRestrictions":{"permissionNames":["first.read"]}}',
      ],
    });
    const forFirst = it.pluginToken({ aud: 'first' });
    expect(await pass(it, forFirst, 'first', 'second')).toMatchObject({ status: 401 });
    expect(await pass(it, forFirst, 'second', 'first')).toEqual({ status: 401, seen: [] });
    expect(await pass(it, forFirst, 'first')).toMatchObject({ status: 200 });
  });
});
