import {
  cookiePath,
  jane,
  janesCookie,
  janesToken,
} from '../../packages/auth-http/src/testing/expressPlugin';
import type { RawAnswer } from '../../packages/auth-http/src/testing/rawRequest';
import { limited } from '../../packages/auth-http/src/testing/setUpHttpAuth';
import { describeAdapters } from './adapters';
import type { PluginOptions } from './plugin';

const policies = [{ path: '/view', allow: 'user-cookie' as const }];
const cookies = (...values: string[]) =>
  `Cookie: ${values.map(value => `backstage-auth=${value}`).join('; ')}`;

/** What the auth cookies are set to, beside the cookie of another middleware. */
function cookiesOf({ headers }: RawAnswer): string[] {
  const lines = headers['set-cookie'] ?? [];
  expect(lines.filter(line => line === 'theme=dark')).toHaveLength(1);
  return lines.filter(line => line !== 'theme=dark');
}

const attributes = 'HttpOnly; Secure; Priority=High; SameSite=None';
const janesLine =
  `backstage-auth=${janesToken}; Path=/; Max-Age=3600; ` +
  `Expires=Tue, 01 Jan 2030 01:00:00 GMT; ${attributes}`;
const clearing = `Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ${attributes}`;

describeAdapters('the cookie', start => {
  it('CKE-01, CKE-09, CKE-10: is set for the host alone, as long as its token lives, and not cached', async () => {
    const { send } = await start({});
    const answer = await send(`GET ${cookiePath}`, jane);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"expiresAt":"2030-01-01T01:00:00.000Z"}');
    expect(cookiesOf(answer)).toEqual([janesLine]);
    expect(answer.headers['cache-control']).toEqual(['no-store']);
    expect(answer.headers.vary).toEqual(['Cookie, Authorization']);
    expect(await send(`HEAD ${cookiePath}`, jane)).toMatchObject({ status: 200, text: '' });
  });

  it.each<[PluginOptions['httpAuth'], string]>([
    [
      { cookie: { name: '__Host-auth' } },
      `__Host-auth=${janesToken}; Path=/; Max-Age=3600; Expires=Tue, 01 Jan 2030 01:00:00 GMT; ${attributes}`,
    ],
    [
      { cookie: { name: 'a', domain: 'example.com', sameSite: 'strict', partitioned: true } },
      `a=${janesToken}; Domain=example.com; Path=/; Max-Age=3600; Expires=Tue, 01 Jan 2030 01:00:00 GMT; ` +
        'HttpOnly; Secure; Partitioned; Priority=High; SameSite=Strict',
    ],
  ])('CKE-01: is written as %j says', async (httpAuth, line) => {
    const { send } = await start({ httpAuth });
    expect(cookiesOf(await send(`GET ${cookiePath}`, jane))).toEqual([line]);
  });

  it.each([
    ['http://localhost:7007/api/test', 'Secure; Priority=High; SameSite=None'],
    ['http://10.0.0.1:7007/api/test', 'Priority=High; SameSite=Lax'],
  ])('CKE-12: of %s has %s', async (baseUrl, end) => {
    const getBaseUrl = async () => baseUrl;
    const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
    const { send } = await start({ httpAuth: { discovery } });
    const [line = ''] = cookiesOf(await send(`GET ${cookiePath}`, jane));
    expect(line.split('; HttpOnly; ')[1]).toBe(end);
  });

  it.each<[string, string[], number]>([
    ['the same user twice', [janesToken, janesToken], 200],
    ['a user beside junk', ['junk', janesToken], 200],
    ['two users', [janesToken, limited('bob')], 401],
    ['junk twice', ['junk', 'junk'], 401],
    ['a full user token', ['user.jane'], 401],
    ['a plugin token', ['service.catalog'], 401],
    ['an expired token', [limited('jane', -1)], 401],
  ])('CKE-02: of %s', async (_what, values, status) => {
    const { send } = await start({ policies });
    expect((await send('GET /api/test/view', cookies(...values))).status).toBe(status);
  });

  it.each<[string, string[], number]>([
    ['GET', [], 200],
    ['GET', ['Sec-Fetch-Site: cross-site', 'Origin: https://evil.example'], 200],
    ['HEAD', [], 200],
    ['OPTIONS', [], 200],
    ['POST', [], 401],
    ['PUT', ['Origin: https://evil.example'], 401],
    ['PATCH', ['Origin: null'], 401],
    ['DELETE', ['Sec-Fetch-Site: same-site'], 401],
    ['POST', ['Sec-Fetch-Site: cross-site'], 401],
    ['POST', ['Sec-Fetch-Site: same-origin'], 200],
    ['POST', ['Origin: https://backend.example.com'], 200],
    ['DELETE', ['Origin: https://app.example.com'], 200],
    ['POST', ['Origin: https://app.example.com', 'Origin: https://evil.example'], 401],
    ['POST', ['Origin: https://x.app.example.com'], 401],
  ])('CKE-05: authorises %s from a page with %j by %d', async (method, headers, status) => {
    const config = { backend: { cors: { origin: ['https://app.example.com', 'https://*.x'] } } };
    const { send } = await start({ policies, config });
    const line = `${method} /api/test/view`;
    const sent = await send(line, janesCookie, 'Content-Length: 0', ...headers);
    expect(sent.status).toBe(status);
  });

  it('CKE-05: authorises nothing where no policy says so', async () => {
    const { send } = await start({ policies });
    expect((await send('GET /api/test/x', janesCookie)).status).toBe(401);
    expect((await send('GET /api/test/viewer', janesCookie)).status).toBe(401);
  });

  it.each<[string, string[], number]>([
    ['GET', [], 401],
    ['GET', [janesCookie], 401],
    ['DELETE', [], 401],
    ['DELETE', [janesCookie], 401],
    ['DELETE', [janesCookie, 'Sec-Fetch-Site: same-origin'], 401],
    ['GET', ['Authorization: Bearer service.x'], 403],
    ['GET', [`Authorization: Bearer ${janesToken}`], 401],
  ])('CKE-06: is neither set nor dropped for %s with %j', async (method, headers, status) => {
    for (const list of [[], [{ path: '/view', allow: 'user-cookie' as const }]]) {
      const { send } = await start({ policies: list });
      const answer = await send(`${method} ${cookiePath}`, ...headers);
      expect(answer.status).toBe(status);
      expect(cookiesOf(answer)).toEqual([]);
    }
  });

  it('CKE-06: cannot renew itself where it opens the whole plugin', async () => {
    const { send } = await start({ policies: [{ path: '/', allow: 'user-cookie' }] });
    const answer = await send(`GET ${cookiePath}`, janesCookie);
    expect(answer.status).toBe(401);
    expect(cookiesOf(answer)).toEqual([]);
  });

  it('is dropped, in both of its forms', async () => {
    const { send } = await start({});
    const answer = await send(`DELETE ${cookiePath}`, jane, janesCookie);
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(cookiesOf(answer)).toEqual([
      `backstage-auth=; ${clearing}`,
      `backstage-auth=; Domain=backend.example.com; ${clearing}`,
    ]);
    expect(answer.headers['cache-control']).toEqual(['no-store']);
  });

  it('stays where it is good', async () => {
    const { send } = await start({});
    const answer = await send(`GET ${cookiePath}`, jane, janesCookie);
    expect(answer.text).toBe('{"expiresAt":"2030-01-01T01:00:00.000Z"}');
    expect(cookiesOf(answer)).toEqual([]);
    expect(answer.headers['cache-control']).toEqual(['no-store']);
  });

  it('CKE-07: of another user is replaced', async () => {
    const { send } = await start({});
    const answer = await send(`GET ${cookiePath}`, jane, cookies(limited('bob')));
    expect(cookiesOf(answer)).toEqual([
      `backstage-auth=; Domain=backend.example.com; ${clearing}`,
      janesLine,
    ]);
  });

  it.each(['junk', limited('jane', -1), limited('jane', 60_000), 'user.jane', 'service.x', ''])(
    'CKE-08: is replaced where it is %j',
    async value => {
      const { send } = await start({});
      const answer = await send(`GET ${cookiePath}`, jane, cookies(value));
      expect(answer.status).toBe(200);
      expect(cookiesOf(answer)).toEqual([janesLine]);
    },
  );

  it('CKE-11: is not set where browsers would drop it', async () => {
    const { send } = await start({});
    const answer = await send(
      `GET ${cookiePath}`,
      `Authorization: Bearer user.${'j'.repeat(4_096)}`,
    );
    expect(answer.status).toBe(500);
    expect(answer.headers['set-cookie']?.join()).not.toContain('backstage-auth');
  });
});
