import { once } from 'node:events';
import {
  connect,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createAuthError } from '@stagepass/auth-node/internal';
import { jane, janesCookie } from '../testing/expressPlugin';
import { listen, sendRaw } from '../testing/rawRequest';
import { setUpHttpAuth } from '../testing/setUpHttpAuth';
import { createNodeAuth } from './node';

/** A response that writes down what it is given. */
function createResponse(headersSent = false) {
  const headers: Record<string, string | string[]> = {};
  return {
    headers,
    headersSent,
    statusCode: 200,
    body: undefined as string | undefined,
    ended: 0,
    getHeader: (name: string) => headers[name],
    setHeader: (name: string, value: string | string[]) => void (headers[name] = value),
    end(body?: string) {
      this.body = body;
      this.ended += 1;
    },
  };
}

describe('createNodeAuth', () => {
  const create = () => {
    const { auth, httpAuth } = setUpHttpAuth();
    return { auth, nodeAuth: createNodeAuth({ auth, httpAuth, basePath: '/api/test/' }) };
  };
  const refusal = createAuthError('AUTH_PRINCIPAL_NOT_ALLOWED', 'expected a user');

  it('touches no response of a request that may pass', async () => {
    const { nodeAuth } = create();
    const response = createResponse();
    const headers = { authorization: 'Bearer user.jane' };
    const request = { method: 'GET', url: '/api/test/x', headers };
    expect(await nodeAuth.handle(request, response)).toBe(false);
    expect(response).toMatchObject({ headers: {}, ended: 0 });
    const { principal } = await nodeAuth.credentials(request, { allow: ['user'] });
    expect(principal.userEntityRef).toBe('user:default/jane');
  });

  it('refuses a request without target or method', async () => {
    const { nodeAuth } = create();
    const response = createResponse();
    expect(await nodeAuth.handle({ headers: {} }, response)).toBe(true);
    expect(response).toMatchObject({ statusCode: 401, ended: 1 });
  });

  it('answers an error of a handler, if it is a refusal', () => {
    const { nodeAuth } = create();
    const request = { method: 'GET', url: '/api/test/x?token=s3cret', headers: {} };
    const response = createResponse();
    expect(nodeAuth.answerError(refusal, request, response)).toBe(true);
    const body = JSON.stringify({
      error: { name: 'NotAllowedError', message: refusal.message },
      request: { method: 'GET', url: '/api/test/x' },
      response: { statusCode: 403 },
    });
    expect(response).toMatchObject({ statusCode: 403, body, ended: 1 });
    expect(response.headers).toEqual({
      'Content-Length': String(body.length),
      'Content-Type': 'application/json; charset=utf-8',
      'WWW-Authenticate': 'Bearer realm="backend", error="insufficient_scope"',
    });
  });

  it.each([
    ['an error of another kind', new Error('boom'), false],
    ['a refusal after the response has begun', refusal, true],
  ])('leaves %s to others', (_what, error, headersSent) => {
    const { nodeAuth } = create();
    const response = createResponse(headersSent);
    expect(nodeAuth.answerError(error, { headers: {} }, response)).toBe(false);
    expect(response).toMatchObject({ headers: {}, ended: 0 });
  });

  it('passes on what is no refusal', async () => {
    const { auth, nodeAuth } = create();
    auth.listPublicServiceKeys = () => Promise.reject(new Error('database down'));
    const request = {
      method: 'GET',
      url: '/api/test/.backstage/auth/v1/jwks.json',
      headers: {},
    };
    await expect(nodeAuth.handle(request, createResponse())).rejects.toThrow('database down');
  });

  it('sets the cookie on the response of a handler', async () => {
    const { auth, httpAuth } = setUpHttpAuth();
    const nodeAuth = createNodeAuth({ auth, httpAuth });
    const server = await listen((req, res) => {
      void nodeAuth.handle(req, res).then(async answered => {
        if (answered) return;
        await httpAuth.issueUserCookie(res);
        res.end('signed in');
      });
    });
    const answer = await sendRaw(server, 'GET /sign-in', jane);
    expect(answer.headers['set-cookie']).toEqual([expect.stringContaining('backstage-auth=')]);
    expect(auth.verified[0]).toEqual(['user.jane']);
    await new Promise(resolve => server.close(resolve));
  });

  it('guards a server of http2', async () => {
    const { auth, httpAuth } = setUpHttpAuth();
    const policies = [{ path: '/view', allow: 'user-cookie' as const }];
    const nodeAuth = createNodeAuth({ auth, httpAuth, policies });
    const server = createServer((req, res) => {
      void nodeAuth.handle(req, res).then(answered => void (answered || res.end('passed')));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const send = async (headers: OutgoingHttpHeaders) => {
      const stream = session.request(headers);
      const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
      return { status: answer[':status'], text: await text(stream) };
    };
    const crumbs = ['theme=dark', janesCookie.replace('Cookie: ', '')];
    expect(await send({ ':path': '/x' })).toMatchObject({
      status: 401,
      text: expect.stringContaining('"Missing credentials"') as string,
    });
    expect(await send({ ':path': '/x', ':method': 'HEAD' })).toEqual({ status: 401, text: '' });
    expect(await send({ ':path': '/x', authorization: 'Bearer user.jane' })).toEqual({
      status: 200,
      text: 'passed',
    });
    expect(await send({ ':path': '/view', cookie: crumbs })).toEqual({
      status: 200,
      text: 'passed',
    });
    expect((await send({ ':path': '/x', cookie: crumbs })).status).toBe(401);
    expect((await send({ ':path': '/view/../x', cookie: crumbs })).status).toBe(401);
    session.close();
    await new Promise(resolve => server.close(resolve));
  });
});
