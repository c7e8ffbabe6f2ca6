import { cookiePath, jane, janesCookie } from '../../packages/auth-http/src/testing/expressPlugin';
import type { RawAnswer } from '../../packages/auth-http/src/testing/rawRequest';
import { limited } from '../../packages/auth-http/src/testing/setUpHttpAuth';
import { describeAdapters } from './adapters';

const policies = [{ path: '/view', allow: 'user-cookie' as const }];
const cookies = (...values: string[]) =>
  `Cookie: ${values.map(value => `backstage-auth=${value}`).join('; ')}`;
const dead = cookies(limited('jane', -1));

/** What is done to the auth cookie, beside the cookie of another middleware, which is left alone. */
function cookiesOf({ headers }: RawAnswer): string[] {
  const lines = headers['set-cookie'] ?? [];
  expect(lines.filter(line => line === 'theme=dark')).toHaveLength(1);
  return lines.filter(line => line !== 'theme=dark');
}

const clearing = (domain = '') =>
  `backstage-auth=; ${domain}Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Priority=High; SameSite=None`;
const dropped = [clearing(), clearing('Domain=backend.example.com; ')];

describeAdapters('CKE-10: a cookie that proves nobody', start => {
  it.each([
    ['is expired', dead],
    ['is junk', cookies('junk')],
    ['is of another kind', cookies('user.jane')],
  ])('that %s is dropped by the 401, which is not stored', async (_, cookie) => {
    const { send } = await start({ policies });
    const answer = await send('GET /api/test/view', cookie);
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('"message":"Illegal token"');
    expect(cookiesOf(answer)).toEqual(dropped);
    expect(answer.headers['cache-control']).toEqual(['no-store']);
    expect(answer.headers.vary).toEqual(['Cookie, Authorization']);
  });

  it('is dropped where a handler asks for it behind an open path', async () => {
    const { send } = await start({ policies: [{ path: '/', allow: 'unauthenticated' }] });
    expect(cookiesOf(await send('GET /api/test/view', dead))).toEqual(dropped);
  });

  it.each<[string, number, string[]]>([
    ['beside a good one', 200, [cookies('junk', limited('jane'))]],
    [
      'beside those of two users',
      401,
      [cookies(limited('jane', -1), limited('jane'), limited('bob'))],
    ],
    ['beside one that cannot be decided', 503, [cookies(limited('undecided'), limited('bob', -1))]],
    ['beside a bearer', 200, [jane, dead]],
  ])('%s is left alone', async (_, status, headers) => {
    const { send } = await start({ policies });
    const answer = await send('GET /api/test/view', ...headers);
    expect(answer.status).toBe(status);
    expect(cookiesOf(answer)).toEqual([]);
  });

  it('is left alone where it is not asked for, so that no site can drop it', async () => {
    const { send } = await start({ policies });
    const evil = [
      'Sec-Fetch-Site: cross-site',
      'Origin: https://evil.example',
      'Content-Length: 0',
    ];
    for (const cookie of [dead, janesCookie]) {
      for (const lines of [
        ['GET /api/test/x', cookie],
        [`GET ${cookiePath}`, cookie],
        ['POST /api/test/view', cookie, ...evil],
        ['POST /api/test/view', cookie, 'Content-Length: 0'],
      ]) {
        const answer = await send(...lines);
        expect(answer.status).toBe(401);
        expect(cookiesOf(answer)).toEqual([]);
      }
    }
  });
});

describeAdapters('CKE-07, CKE-08: the cookie route', start => {
  it('sets the cookie of the bearer, however many cookies came', async () => {
    const { send } = await start({});
    for (const user of ['bob', 'jane']) {
      const many = Array.from({ length: 12 }, (_, index) => limited(user, index * 60_000));
      const [other, own, ...more] = cookiesOf(
        await send(`GET ${cookiePath}`, jane, cookies(...many)),
      );
      expect(other).toBe(dropped[1]);
      expect(own).toMatch(`backstage-auth=${limited('jane')}; Path=/; Max-Age=3600; `);
      expect(more).toEqual([]);
    }
  });
});
