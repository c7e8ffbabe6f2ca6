import { createAuthError } from '@stagepass/auth-node/internal';
import {
  cookiePath,
  expressVersions,
  jane,
  janesCookie,
  loadExpress,
  refusal,
  refusalOf,
  startPlugin,
} from '../testing/expressPlugin';
import { FakeAuthService } from '../testing/FakeAuthService';

describe.each(expressVersions)('createPluginRouter on %s', name => {
  const express = loadExpress(name);
  afterEach(express.stop);

  it('serves the key set to anyone, to be checked again each time', async () => {
    const { auth, send } = await startPlugin(express);
    const path = '/api/test/.backstage/auth/v1/jwks.json';
    const answer = await send(`GET ${path}`, 'Authorization: Basic x');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ keys: [{ kid: 'k1' }] });
    expect(answer.headers['cache-control']).toEqual(['no-cache']);
    expect((await send(`HEAD ${path}`)).status).toBe(200);
    expect(auth.verified).toEqual([]);
  });

  it('hands on a failure to list the keys', async () => {
    const { auth, send } = await startPlugin(express);
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
    const { auth, send } = await startPlugin(express);
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
    const { send } = await startPlugin(express);
    expect(refusalOf(await send('GET /api/test/x?token=s3cret', ...headers))).toEqual(
      refusal(401, error, { method: 'GET', url: '/api/test/x' }, challenge),
    );
  });

  it.each(['GET', 'POST', 'OPTIONS', 'DELETE', 'PROPFIND', 'TRACE'])(
    'guards %s as every other method',
    async method => {
      const { send } = await startPlugin(express);
      expect((await send(`${method} /api/test/x`)).status).toBe(401);
    },
  );

  it('does not let headers about another path, method or host change anything', async () => {
    const { send } = await startPlugin(express, {
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
    const { auth, send } = await startPlugin(express, {
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
    const { send } = await startPlugin(express, {
      policies: [{ path: '/view', allow: 'user-cookie' }],
    });
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
    const { addAuthPolicy, send } = await startPlugin(express);
    expect((await send('GET /api/test/public')).status).toBe(401);
    addAuthPolicy({ path: '/public', allow: 'unauthenticated' });
    expect((await send('GET /api/test/public')).status).toBe(200);
    expect(() => addAuthPolicy({ path: '/a/*', allow: 'unauthenticated' })).toThrow(
      'Invalid auth policy for path "/a/*"',
    );
  });

  it('opens everything, for none too, where the default policy is disabled', async () => {
    const config = { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: true } } };
    const { send } = await startPlugin(express, { config });
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
    expect(() =>
      express.adapter.createPluginRouter({ auth, httpAuth: {} as never, config }),
    ).toThrow('backend.auth.dangerouslyDisableDefaultAuthPolicy: ');
  });
});
