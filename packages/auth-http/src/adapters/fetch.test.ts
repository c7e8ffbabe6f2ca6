import { createAuthError } from '@stagepass/auth-node/internal';
import { limitedToken, oneHour, startOfTests } from '../testing/FakeAuthService';
import { setUpHttpAuth } from '../testing/setUpHttpAuth';
import { createFetchAuth } from './fetch';

const base = 'https://backend.example.com/api/test';
const asJane = { headers: { authorization: 'Bearer user.jane' } };

function setUp() {
  const { auth, httpAuth } = setUpHttpAuth();
  const policies = [{ path: '/public', allow: 'unauthenticated' as const }];
  const fetchAuth = createFetchAuth({ auth, httpAuth, policies, basePath: '/api/test' });
  /** The status, undefined where the request may pass. */
  const statusOf = async (request: Request) => (await fetchAuth.handle(request))?.status;
  return { auth, fetchAuth, statusOf };
}

describe('createFetchAuth', () => {
  it('lets pass what is open, or has credentials, and verifies them once', async () => {
    const { auth, fetchAuth, statusOf } = setUp();
    expect(await statusOf(new Request(`${base}/public/x?y`))).toBeUndefined();
    expect(await statusOf(new Request(`${base}/x`))).toBe(401);
    const request = new Request(`${base}/x`, asJane);
    expect(await statusOf(request)).toBeUndefined();
    const { principal } = await fetchAuth.credentials(request, { allow: ['user'] });
    expect(principal.userEntityRef).toBe('user:default/jane');
    expect(auth.verified).toHaveLength(1);
  });

  it('decides about the path that the platform has made, which the router sees too', async () => {
    const { statusOf } = setUp();
    expect(await statusOf(new Request(`${base}/public/../private`))).toBe(401);
    expect(await statusOf(new Request(`${base}/public/%2E%2e/private`))).toBe(401);
    expect(await statusOf(new Request(`${base}/private/../public`))).toBeUndefined();
    expect(await statusOf(new Request(`${base}/public%2f..%2fprivate`))).toBe(401);
    expect(await statusOf(new Request(`${base}/public//x`))).toBe(401);
  });

  it.each([
    `${base}/public/../private`,
    `${base}/public/%2e%2e/private`,
    `${base}/public\\..\\private`,
    `${base}/public/\tx`,
    `${base}/public#/../private`,
    `https://user@backend.example.com/api/test/public`,
    '/api/test/public',
    '',
  ])('opens nothing for a request whose URL is not in its normal form: %j', async url => {
    const { statusOf } = setUp();
    const request = new Request(base);
    Object.defineProperty(request, 'url', { value: url });
    expect(await statusOf(request)).toBe(401);
  });

  it('asks for credentials outside of the base path', async () => {
    const { statusOf } = setUp();
    expect(await statusOf(new Request('https://backend.example.com/public'))).toBe(401);
    expect(await statusOf(new Request('https://backend.example.com/api/testing/public'))).toBe(401);
  });

  it('refuses the header that Fetch makes of two', async () => {
    const { fetchAuth } = setUp();
    const request = new Request(`${base}/x`, asJane);
    request.headers.append('authorization', 'Bearer user.jane');
    const response = await fetchAuth.handle(request);
    expect(response?.status).toBe(401);
    expect(response?.headers.get('www-authenticate')).toBe(
      'Bearer realm="backend", error="invalid_request"',
    );
  });

  it('has a body for every answer but those of HEAD, and of 204', async () => {
    const { fetchAuth } = setUp();
    const keySet = `${base}/.backstage/auth/v1/jwks.json`;
    const cookie = `${base}/.backstage/auth/v1/cookie`;
    expect(await (await fetchAuth.handle(new Request(keySet)))?.text()).toBe(
      '{"keys":[{"kid":"k1"}]}',
    );
    for (const request of [
      new Request(keySet, { method: 'HEAD' }),
      new Request(`${base}/x`, { method: 'HEAD' }),
      new Request(cookie, { method: 'DELETE', ...asJane }),
    ]) {
      expect((await fetchAuth.handle(request))?.body).toBeNull();
    }
  });

  it('sets the cookie on a response beside others, and says that no cache may keep it', async () => {
    const { fetchAuth } = setUp();
    const response = new Response('signed in', { headers: { vary: 'Accept' } });
    response.headers.append('set-cookie', 'a=1');
    response.headers.append('set-cookie', 'b=2');
    const { expiresAt } = await fetchAuth.issueUserCookie(new Request(base, asJane), response);
    expect(expiresAt.getTime()).toBe(startOfTests + oneHour);
    expect(response.headers.getSetCookie()).toEqual([
      'a=1',
      'b=2',
      `backstage-auth=${limitedToken('jane', startOfTests + oneHour)}; Path=/; Max-Age=3600; ` +
        'Expires=Tue, 01 Jan 2030 01:00:00 GMT; HttpOnly; Secure; Priority=High; SameSite=None',
    ]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('vary')).toBe('Accept, Cookie, Authorization');
  });

  it('clears the cookie for credentials of nobody', async () => {
    const { auth, fetchAuth } = setUp();
    const response = new Response();
    const credentials = await auth.getNoneCredentials();
    await fetchAuth.issueUserCookie(new Request(base), response, { credentials });
    expect(response.headers.getSetCookie()).toHaveLength(2);
  });

  it('answers the errors of handlers that are refusals, without query', async () => {
    const { fetchAuth } = setUp();
    const request = new Request(`${base}/x?token=s3cret`);
    const error = createAuthError('AUTH_PRINCIPAL_NOT_ALLOWED', 'expected a user');
    const response = fetchAuth.errorResponse(error, request);
    expect(response?.status).toBe(403);
    expect(response?.headers.get('www-authenticate')).toBe(
      'Bearer realm="backend", error="insufficient_scope"',
    );
    expect(await response?.json()).toMatchObject({
      request: { method: 'GET', url: '/api/test/x' },
    });
    expect(fetchAuth.errorResponse(new Error('boom'), request)).toBeUndefined();
  });

  it('passes on what is no refusal', async () => {
    const { auth, fetchAuth } = setUp();
    auth.listPublicServiceKeys = () => Promise.reject(new Error('database down'));
    await expect(
      fetchAuth.handle(new Request(`${base}/.backstage/auth/v1/jwks.json`)),
    ).rejects.toThrow('database down');
  });
});
