import { InputError } from '@backstage/errors';
import { createAuthError } from '@stagepass/auth-node/internal';
import type { AuthEvent } from '@stagepass/auth-node';
import type { PublicUserTokenIssuer } from '../index';
import {
  expressVersions,
  jane,
  janesCookie,
  loadExpress,
  refusal,
  refusalOf,
} from '../testing/expressPlugin';
import { setUpHttpAuth } from '../testing/setUpHttpAuth';

describe.each(expressVersions)('createUserTokenRouter on %s', name => {
  const express = loadExpress(name);
  afterEach(express.stop);

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
  const events: AuthEvent[] = [];
  beforeEach(() => void events.splice(0));
  const ask = async (...lines: string[]) => {
    const app = express.framework();
    const { logger } = setUpHttpAuth();
    const onAuthEvent = (event: AuthEvent) => void events.push(event);
    const router = express.adapter.createUserTokenRouter({ issuer, logger, onAuthEvent });
    app.use('/api/auth', (req, res, next) => {
      router(req, res, error => (error ? res.status(500).end('passed on') : next()));
    });
    return (await express.start(app))(...lines);
  };

  it('records what it refuses, under the name of the request', async () => {
    await ask('GET /api/auth/v1/userinfo', 'Authorization: Bearer junk', 'X-Request-Id: request-1');
    await ask('GET /api/auth/v1/userinfo', 'X-Request-Id: request-2');
    await ask('GET /api/auth/v1/userinfo', 'Authorization: Bearer broken');
    expect(events).toEqual([
      {
        type: 'refused',
        pluginId: 'auth',
        code: 'AUTH_SIGNATURE_INVALID',
        reason: 'bad signature',
        correlationId: 'request-1',
      },
      {
        type: 'refused',
        pluginId: 'auth',
        code: 'AUTH_CREDENTIALS_MISSING',
        reason: 'expected a user token as bearer, the request has no Authorization header',
        correlationId: 'request-2',
      },
    ]);
  });

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
      refusal(401, { name: 'AuthenticationError', message: 'No token provided' }, request, ''),
    ],
    [
      ['Authorization: Bearer'],
      refusal(
        401,
        { name: 'AuthenticationError', message: 'Malformed or ambiguous credentials' },
        request,
        ', error="invalid_request"',
      ),
    ],
    [
      ['Authorization: Bearer junk'],
      refusal(
        401,
        { name: 'AuthenticationError', message: 'Illegal token' },
        request,
        ', error="invalid_token"',
      ),
    ],
    [
      ['Authorization: Bearer service.x'],
      refusal(400, { name: 'InputError', message: 'Not a user token' }, request),
    ],
    [
      ['Authorization: Bearer user.stranger'],
      refusal(404, { name: 'NotFoundError', message: 'User info not found' }, request),
    ],
  ])('answers %j by itself', async (headers, expected) => {
    expect(refusalOf(await ask('GET /api/auth/v1/userinfo', ...headers))).toEqual(expected);
  });

  it('passes on what is no refusal, and what is not its own', async () => {
    const broken = await ask('GET /api/auth/v1/userinfo', 'Authorization: Bearer broken');
    expect(broken).toMatchObject({ status: 500, text: 'passed on' });
    expect((await ask('GET /api/auth/other')).status).toBe(404);
  });
});
