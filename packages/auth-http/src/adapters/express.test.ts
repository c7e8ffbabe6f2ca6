import type { Server } from 'node:http';
import { ConflictError, InputError, NotAllowedError, NotFoundError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import type { AuthPolicy, BackstageCredentials } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { TestClock } from '@stagepass/auth-test-utils';
import type express from 'express';
import { createHttpAuthService, type PublicUserTokenIssuer } from '../index';
import { FakeAuthService, startOfTests } from '../testing/FakeAuthService';
import { createRandom, randomText } from '../testing/random';
import { listen, type RawAnswer, sendRaw } from '../testing/rawRequest';
import type * as Adapter from './express';

const jane = 'Authorization: Bearer user.jane';
const janesToken = `limited.jane.${startOfTests + 60 * 60 * 1000}`;
const janesCookie = `Cookie: backstage-auth=${janesToken}`;
const cookiePath = '/api/test/.backstage/auth/v1/cookie';

/** Loads the adapter on top of the given copy of Express, as an application that has only that one. */
function load(name: 'express' | 'express4') {
  const framework = jest.requireActual<typeof express>(name);
  let adapter: typeof Adapter | undefined;
  jest.isolateModules(() => {
    jest.doMock('express', () => framework);
    adapter = jest.requireActual<typeof Adapter>('./express');
  });
  if (!adapter) throw new Error('the adapter was not loaded');
  return { framework, adapter };
}

const fuzzParts = [
  ...['/', '/', 'public', 'PUBLIC', 'files', 'secret', '.', '..', '%2e', '%2f', '%5c', '\\'],
  ...['%70', '%25', '%', ';', 'a', '?', '#', '%00', ' ', '\u00e9', 'S', 's', '/public', '/files/'],
];

describe.each(['express', 'express4'] as const)('on %s', name => {
  const { framework, adapter } = load(name);
  const servers: Server[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      await new Promise(resolve => server.close(resolve));
    }
  });

  const start = async (app: express.Express) => {
    const server = await listen(app);
    servers.push(server);
    return server;
  };

  /** A plugin at `/api/test` whose handlers answer with the principal and the name of the handler. */
  async function startPlugin(options: { policies?: AuthPolicy[]; config?: JsonObject } = {}) {
    const auth = new FakeAuthService(new TestClock(startOfTests));
    const { config } = options;
    const httpAuth = createHttpAuthService({
      auth,
      config,
      clock: new TestClock(startOfTests),
      pluginId: 'test',
      discovery: {
        getBaseUrl: async id => `http://internal:7007/api/${id}`,
        getExternalBaseUrl: async id => `https://backend.example.com/api/${id}`,
      },
    });
    const { router, addAuthPolicy } = adapter.createPluginRouter({ auth, httpAuth, config });
    options.policies?.forEach(addAuthPolicy);
    const plugin = framework.Router();
    plugin.use((_req, res, next) => {
      res.append('Set-Cookie', 'theme=dark');
      next();
    });
    plugin.use(router);
    const answerAs =
      (handler: string, options?: { allowLimitedAccess: boolean }): express.RequestHandler =>
      (req, res, next) => {
        httpAuth.credentials(req, options).then((credentials: BackstageCredentials) => {
          const { principal } = credentials as { principal: JsonObject };
          res.json({ handler, principal });
        }, next);
      };
    plugin.use('/public', (_req, res) => void res.json({ handler: 'public' }));
    plugin.use('/view', answerAs('view', { allowLimitedAccess: true }));
    plugin.use(answerAs('private'));
    const app = framework();
    app.use('/api/test', plugin);
    app.use(adapter.authErrorHandler());
    const server = await start(app);
    return { addAuthPolicy, auth, send: (...lines: string[]) => sendRaw(server, ...lines) };
  }

  /** Sends paths through a plugin's router without a network; says which handler a stranger reached. */
  function createFuzzTarget() {
    const auth = new FakeAuthService();
    const discovery = { getBaseUrl: async () => '', getExternalBaseUrl: async () => 'http://x' };
    const httpAuth = createHttpAuthService({ auth, discovery, pluginId: 'test' });
    const { router, addAuthPolicy } = adapter.createPluginRouter({ auth, httpAuth });
    addAuthPolicy({ path: '/public', allow: 'unauthenticated' });
    addAuthPolicy({ path: '/files/:id', allow: 'unauthenticated', exact: true });
    const app = framework();
    const plugin = framework.Router();
    const handler =
      (reached: string): express.RequestHandler =>
      req =>
        (req as unknown as { resolve(handler: string): void }).resolve(reached);
    plugin.use(router);
    plugin.use('/public', handler('public'));
    plugin.get('/files/:id', handler('file'));
    plugin.use(handler('private'));
    return (path: string) =>
      new Promise<string | undefined>(resolve => {
        const req = Object.create(app.request, {});
        Object.assign(req, { method: 'GET', url: path, headers: {}, resolve });
        plugin(req, {} as express.Response, () => resolve(undefined));
      });
  }

  const refusal = (answer: RawAnswer) => ({
    status: answer.status,
    challenge: answer.headers['www-authenticate'],
    body: JSON.parse(answer.text) as unknown,
  });

  const refused = (
    status: number,
    error: { name: string; message: string },
    request: { method: string; url: string },
    challenge?: string,
  ) => ({
    status,
    challenge: challenge === undefined ? undefined : [`Bearer realm="backend"${challenge}`],
    body: { error, request, response: { statusCode: status } },
  });

  describe('createPluginRouter', () => {
    it('serves the key set to anyone, to be checked again each time', async () => {
      const { auth, send } = await startPlugin();
      const path = '/api/test/.backstage/auth/v1/jwks.json';
      const answer = await send(`GET ${path}`, 'Authorization: Basic x');
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.text)).toEqual({ keys: [{ kid: 'k1' }] });
      expect(answer.headers['cache-control']).toEqual(['no-cache']);
      expect((await send(`HEAD ${path}`)).status).toBe(200);
      expect(auth.verified).toEqual([]);
    });

    it('hands on a failure to list the keys', async () => {
      const { auth, send } = await startPlugin();
      auth.listPublicServiceKeys = () =>
        Promise.reject(createAuthError('AUTH_KEYS_UNAVAILABLE', 'database down'));
      const answer = await send('GET /api/test/.backstage/auth/v1/jwks.json');
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toEqual(['10']);
    });

    it.each([
      [jane, { type: 'user', userEntityRef: 'user:default/jane' }],
      ['authorization: BEARER service.catalog', { type: 'service', subject: 'plugin:catalog' }],
    ])('lets %s pass and verifies it once', async (header, principal) => {
      const { auth, send } = await startPlugin();
      const answer = await send('GET /api/test/x', header);
      expect(JSON.parse(answer.text)).toEqual({ handler: 'private', principal });
      expect(auth.verified).toHaveLength(1);
    });

    const ambiguous = {
      name: 'AuthenticationError',
      message: 'Malformed or ambiguous credentials',
    };
    it.each<[string[], { name: string; message: string }, string]>([
      [[], { name: 'AuthenticationError', message: 'Missing credentials' }, ''],
      [[janesCookie], { name: 'AuthenticationError', message: 'Missing credentials' }, ''],
      [
        ['Authorization: Bearer junk'],
        { name: 'AuthenticationError', message: 'Illegal token' },
        ', error="invalid_token"',
      ],
      [['Authorization: Bearer'], ambiguous, ', error="invalid_request"'],
      [['Authorization: Basic x', janesCookie], ambiguous, ', error="invalid_request"'],
      [[jane, jane], ambiguous, ', error="invalid_request"'],
      [['Authorization: Bearer user.j\u00e9'], ambiguous, ', error="invalid_request"'],
    ])('answers %j with 401', async (headers, error, challenge) => {
      const { send } = await startPlugin();
      expect(refusal(await send('GET /api/test/x?token=s3cret', ...headers))).toEqual(
        refused(401, error, { method: 'GET', url: '/api/test/x' }, challenge),
      );
    });

    it.each(['GET', 'POST', 'OPTIONS', 'DELETE', 'PROPFIND', 'TRACE'])(
      'guards %s as every other method',
      async method => {
        const { send } = await startPlugin();
        expect((await send(`${method} /api/test/x`)).status).toBe(401);
      },
    );

    it('does not let headers about another path, method or host change anything', async () => {
      const { send } = await startPlugin({
        policies: [{ path: '/public', allow: 'unauthenticated', methods: ['GET'] }],
      });
      const misleading = [
        'X-Original-URL: /api/test/public',
        'X-Rewrite-URL: /api/test/public',
        'X-Envoy-Original-Path: /api/test/public',
        'X-Forwarded-Prefix: /api/test/public',
        'X-Forwarded-Host: localhost',
        'X-HTTP-Method-Override: GET',
        'X-Middleware-Subrequest: src/middleware',
      ];
      expect((await send('GET /api/test/x', ...misleading)).status).toBe(401);
      expect((await send('POST /api/test/public', ...misleading)).status).toBe(401);
    });

    it('looks at no header and no cookie on an unauthenticated path', async () => {
      const { auth, send } = await startPlugin({
        policies: [{ path: '/public', allow: 'unauthenticated' }],
      });
      const headers = [
        'Authorization: Basic x',
        'Authorization: Bearer junk',
        'Cookie: backstage-auth=x',
      ];
      const answer = await send('GET /api/test/public/x', ...headers);
      expect(JSON.parse(answer.text)).toEqual({ handler: 'public' });
      expect(auth.verified).toEqual([]);
    });

    it('accepts the cookie on a user-cookie path', async () => {
      const { send } = await startPlugin({ policies: [{ path: '/view', allow: 'user-cookie' }] });
      const answer = await send('GET /api/test/view', janesCookie);
      expect(JSON.parse(answer.text)).toEqual({
        handler: 'view',
        principal: { type: 'user', userEntityRef: 'user:default/jane' },
      });
      expect((await send('GET /api/test/view')).status).toBe(401);
      expect((await send('POST /api/test/view', janesCookie)).status).toBe(401);
      const origin = 'Origin: https://backend.example.com';
      expect((await send('POST /api/test/view', janesCookie, origin)).status).toBe(200);
    });

    it('applies policies that are added after the first request', async () => {
      const { addAuthPolicy, send } = await startPlugin();
      expect((await send('GET /api/test/public')).status).toBe(401);
      addAuthPolicy({ path: '/public', allow: 'unauthenticated' });
      expect((await send('GET /api/test/public')).status).toBe(200);
      expect(() => addAuthPolicy({ path: '/a/*', allow: 'unauthenticated' })).toThrow(
        'Invalid auth policy for path "/a/*"',
      );
    });

    it.each([
      '/public/../private/s.txt',
      '/public/../secret.txt',
      '/public/%2e%2e/private/s.txt',
      '/public/%2E%2E/private/s.txt',
      '/public/..%2fprivate/s.txt',
      '/public/%252e%252e/private/s.txt',
      '/public/..%5cprivate',
      '/public/.%2e/private',
      '/public/./../x',
      '/public%2f..%2fprivate%2fs.txt',
      '/public%5cx',
      '/public\\..\\private',
      '/%70ublic/x',
      '/public//x',
      '/public//',
      '///',
      '/publicity',
      '/public;x',
      '/public.json',
      '/x/public',
      '/public%00',
      '/public%',
    ])('does not exempt the raw path %s', async path => {
      const { send } = await startPlugin({
        policies: [{ path: '/public', allow: 'unauthenticated' }],
      });
      expect((await send(`GET /api/test${path}`)).status).toBe(401);
    });

    it('agrees with the router about a doubled slash at the mount point', async () => {
      const { send } = await startPlugin({
        policies: [{ path: '/public', allow: 'unauthenticated' }],
      });
      // The mount point of Express 4 takes both slashes, so that the router sees `/public`.
      const answer = await send('GET /api/test//public');
      if (name === 'express') expect(answer.status).toBe(401);
      else expect(answer.text).toBe('{"handler":"public"}');
      expect((await send('GET /api/test///public')).status).toBe(401);
      expect((await send('GET /api/test//private')).status).toBe(401);
    });

    it.each(['/public', '/PUBLIC/x', '/public/', '/public/a%20b', '/public/x?../private'])(
      'exempts the raw path %s',
      async path => {
        const { send } = await startPlugin({
          policies: [{ path: '/public', allow: 'unauthenticated' }],
        });
        expect((await send(`GET /api/test${path}`)).text).toBe('{"handler":"public"}');
        expect((await send(`GET http://localhost/api/test${path}`)).status).toBe(200);
      },
    );

    it('exempts no path that the router gives to another handler than the policy names', async () => {
      const reach = createFuzzTarget();
      const random = createRandom(7);
      let exempt = 0;
      for (let count = 0; count < 20_000; count += 1) {
        const path = `/${randomText(random, fuzzParts, 5)}`;
        const handler = await reach(path);
        if (handler === undefined) continue;
        exempt += 1;
        expect({ path, handler }).toEqual({
          path,
          handler: expect.stringMatching(/^(public|file)$/),
        });
      }
      expect(exempt).toBeGreaterThan(100);
    });

    it('opens everything, for none too, where the default policy is disabled', async () => {
      const config = { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: true } } };
      const { send } = await startPlugin({ config });
      for (const header of ['X: y', 'Authorization: Bearer', 'Authorization: Bearer ']) {
        const answer = await send('GET /api/test/x', header);
        expect(JSON.parse(answer.text)).toEqual({
          handler: 'private',
          principal: { type: 'none' },
        });
      }
      expect((await send('GET /api/test/x', 'Authorization: Bearer junk')).status).toBe(401);
      expect((await send(`GET ${cookiePath}`)).status).toBe(401);
    });

    it('refuses a configuration that it cannot read', () => {
      const auth = new FakeAuthService();
      const config = { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: 'perhaps' } } };
      expect(() => adapter.createPluginRouter({ auth, httpAuth: {} as never, config })).toThrow(
        'backend.auth.dangerouslyDisableDefaultAuthPolicy: ',
      );
    });
  });

  describe('the cookie routes', () => {
    it('issue the cookie to a user, beside other cookies', async () => {
      const { send } = await startPlugin();
      const answer = await send(`GET ${cookiePath}`, jane);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.text)).toEqual({ expiresAt: '2030-01-01T01:00:00.000Z' });
      expect(answer.headers['set-cookie']).toEqual([
        'theme=dark',
        `backstage-auth=${janesToken}; Path=/; Max-Age=3600; Expires=Tue, 01 Jan 2030 01:00:00 GMT; ` +
          'HttpOnly; Secure; Priority=High; SameSite=None',
      ]);
      expect(answer.headers['cache-control']).toEqual(['no-store']);
      expect(answer.headers.vary).toEqual(['Cookie, Authorization']);
    });

    it('leave a good cookie in place', async () => {
      const { send } = await startPlugin();
      const answer = await send(`GET ${cookiePath}`, jane, janesCookie);
      expect(JSON.parse(answer.text)).toEqual({ expiresAt: '2030-01-01T01:00:00.000Z' });
      expect(answer.headers['set-cookie']).toEqual(['theme=dark']);
      expect(answer.headers['cache-control']).toEqual(['no-store']);
    });

    it('drop the cookie, in both of its forms', async () => {
      const { send } = await startPlugin();
      const answer = await send(`DELETE ${cookiePath}`, jane, janesCookie);
      const rest =
        'Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Priority=High; SameSite=None';
      expect(answer).toMatchObject({ status: 204, text: '' });
      expect(answer.headers['set-cookie']).toEqual([
        'theme=dark',
        `backstage-auth=; ${rest}`,
        `backstage-auth=; Domain=backend.example.com; ${rest}`,
      ]);
      expect(answer.headers['cache-control']).toEqual(['no-store']);
    });

    it.each([
      ['GET', [], 401],
      ['GET', [janesCookie], 401],
      ['DELETE', [], 401],
      ['DELETE', [janesCookie], 401],
      ['GET', ['Authorization: Bearer service.x'], 403],
      ['POST', [jane], 200],
    ])('answer %s with %j by %d', async (method, headers, status) => {
      const { send } = await startPlugin();
      const answer = await send(`${method} ${cookiePath}`, ...headers);
      expect(answer.status).toBe(status);
      expect(answer.headers['set-cookie']).toEqual(['theme=dark']);
    });

    it('do not let a cookie renew itself where the cookie opens the whole plugin', async () => {
      const { send } = await startPlugin({ policies: [{ path: '/', allow: 'user-cookie' }] });
      expect((await send(`GET ${cookiePath}`, janesCookie)).status).toBe(401);
    });
  });

  describe('authErrorHandler', () => {
    const answerWith = async (error: unknown, sendFirst = false) => {
      const app = framework();
      app.get('/x', (_req, res, next) => {
        if (sendFirst) res.write('begun');
        next(error);
      });
      app.use(adapter.authErrorHandler());
      const last: express.ErrorRequestHandler = (passedOn, _req, res, _next) => {
        if (res.headersSent) res.end(`, passed on ${passedOn.message}`);
        else res.status(500).json({ passedOn: passedOn.message });
      };
      app.use(last);
      return sendRaw(await start(app), 'GET /x?token=s3cret');
    };
    const request = { method: 'GET', url: '/x' };

    it.each([
      [new InputError('bad'), refused(400, { name: 'InputError', message: 'bad' }, request)],
      [
        new NotAllowedError('no'),
        refused(403, { name: 'NotAllowedError', message: 'no' }, request),
      ],
      [
        new NotFoundError('gone'),
        refused(404, { name: 'NotFoundError', message: 'gone' }, request),
      ],
      [
        createAuthError('AUTH_ACCESS_RESTRICTED', 'the allowed plugins are a, b'),
        refused(
          403,
          { name: 'NotAllowedError', message: 'Access to this plugin is restricted' },
          request,
          ', error="insufficient_scope"',
        ),
      ],
    ])('answers %s', async (error, expected) => {
      expect(refusal(await answerWith(error))).toEqual(expected);
    });

    it.each([new Error('boom'), new ConflictError('boom')])('passes %s on', async error => {
      const answer = await answerWith(error);
      expect(answer.status).toBe(500);
      expect(JSON.parse(answer.text)).toEqual({ passedOn: 'boom' });
    });

    it('passes everything on once the response has begun', async () => {
      const answer = await answerWith(new NotAllowedError('no'), true);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('passed on no');
    });
  });

  describe('createUserTokenRouter', () => {
    const issuer: PublicUserTokenIssuer = {
      listPublicKeys: async () => ({ keys: [{ kid: 'u1' }] }),
      async getUserInfo(token) {
        if (token === 'user.jane')
          return { claims: { sub: 'user:default/jane', ent: ['group:a/b'] } };
        if (token === 'user.stranger') return undefined;
        if (token === 'service.x') throw new InputError('Not a user token');
        if (token === 'broken') throw new Error('boom');
        throw createAuthError('AUTH_SIGNATURE_INVALID', 'bad signature');
      },
    };
    const ask = async (...lines: string[]) => {
      const app = framework();
      app.use('/api/auth', adapter.createUserTokenRouter({ issuer }));
      const last: express.ErrorRequestHandler = (_error, _req, res, _next) => {
        res.status(500).end('passed on');
      };
      app.use(last);
      return sendRaw(await start(app), ...lines);
    };

    it('serves the keys of user tokens', async () => {
      const answer = await ask('GET /api/auth/.well-known/jwks.json');
      expect(JSON.parse(answer.text)).toEqual({ keys: [{ kid: 'u1' }] });
      expect(answer.headers['cache-control']).toEqual(['no-cache']);
    });

    it('tells a user what is stored of it', async () => {
      const answer = await ask('GET /api/auth/v1/userinfo', jane);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.text)).toEqual({
        claims: { sub: 'user:default/jane', ent: ['group:a/b'] },
      });
      expect(answer.headers['cache-control']).toEqual(['no-store']);
    });

    const request = { method: 'GET', url: '/v1/userinfo' };
    it.each([
      [
        ['X: y', janesCookie],
        refused(401, { name: 'AuthenticationError', message: 'No token provided' }, request, ''),
      ],
      [
        ['Authorization: Bearer'],
        refused(
          401,
          { name: 'AuthenticationError', message: 'Malformed or ambiguous credentials' },
          request,
          ', error="invalid_request"',
        ),
      ],
      [
        ['Authorization: Bearer junk'],
        refused(
          401,
          { name: 'AuthenticationError', message: 'Illegal token' },
          request,
          ', error="invalid_token"',
        ),
      ],
      [
        ['Authorization: Bearer service.x'],
        refused(400, { name: 'InputError', message: 'Not a user token' }, request),
      ],
      [
        ['Authorization: Bearer user.stranger'],
        refused(404, { name: 'NotFoundError', message: 'User info not found' }, request),
      ],
    ])('answers %j by itself', async (headers, expected) => {
      expect(refusal(await ask('GET /api/auth/v1/userinfo', ...headers))).toEqual(expected);
    });

    it('passes on what is no refusal, and what is not its own', async () => {
      const broken = await ask('GET /api/auth/v1/userinfo', 'Authorization: Bearer broken');
      expect(broken).toMatchObject({ status: 500, text: expect.stringContaining('passed on') });
      expect((await ask('GET /api/auth/other')).status).toBe(404);
    });
  });
});
