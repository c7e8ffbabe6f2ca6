import { createAuthError } from '@stagepass/auth-node/internal';
import { jane } from '../testing/expressPlugin';
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
});
