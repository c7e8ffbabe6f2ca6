import { setUpHttpAuth } from '../testing/setUpHttpAuth';
import { createPluginGate } from './pluginGate';

const response = { headersSent: false, getHeader: () => undefined, setHeader: () => undefined };

describe('createPluginGate', () => {
  it.each([undefined, '', '/', '/api/test', '/api/test/', '/a.b/c-d'])(
    'takes the base path %j',
    async basePath => {
      const gate = createPluginGate({ ...setUpHttpAuth(), basePath });
      const target = `${(basePath ?? '').replace(/\/$/, '')}/.backstage/auth/v1/jwks.json`;
      const answer = await gate.handle({ method: 'GET', headers: {} }, response, target);
      expect(answer?.status).toBe(200);
    },
  );

  it.each(['api', 'http://x/api', '//', '/a//b', '/a/../b', '/a%20b', '/a;b', '/a\\b', null, 1])(
    'refuses the base path %j',
    basePath => {
      expect(() => createPluginGate({ ...setUpHttpAuth(), basePath: basePath as string })).toThrow(
        expect.objectContaining({
          code: 'AUTH_CONFIG_INVALID',
          message: expect.stringContaining('basePath: expected a path such as') as unknown,
        }),
      );
    },
  );

  it('does not take one method for another', async () => {
    const gate = createPluginGate(setUpHttpAuth());
    const target = '/.backstage/auth/v1/jwks.json';
    for (const method of ['get', 'POST', 'OPTIONS', undefined]) {
      await expect(gate.handle({ method, headers: {} }, response, target)).rejects.toMatchObject({
        code: 'AUTH_CREDENTIALS_MISSING',
        message: 'Missing credentials',
      });
    }
  });
});
