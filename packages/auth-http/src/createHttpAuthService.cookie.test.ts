import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { AuthRequest } from '@stagepass/auth-node';
import { createNoneCredentials, createServiceCredentials } from '@stagepass/auth-node/internal';
import { oneHour, startOfTests } from './testing/FakeAuthService';
import {
  bearer,
  illegal,
  limited,
  missing,
  setUpHttpAuth,
  withCookies,
} from './testing/setUpHttpAuth';

const minute = 60 * 1000;

describe('issueUserCookie', () => {
  function answerTo(request: AuthRequest) {
    const res = new ServerResponse(new IncomingMessage(new Socket()));
    return Object.assign(res, { req: request as never });
  }

  const attributes = (expires: string, maxAge?: number) =>
    `; Path=/; ${maxAge === undefined ? '' : `Max-Age=${maxAge}; `}Expires=${expires}; HttpOnly; Secure; Priority=High; SameSite=None`;
  const setLine = (token: string) =>
    `backstage-auth=${token}${attributes('Tue, 01 Jan 2030 01:00:00 GMT', 3600)}`;
  const longAgo = attributes('Thu, 01 Jan 1970 00:00:00 GMT');
  const clearLines = [
    `backstage-auth=${longAgo}`,
    `backstage-auth=; Domain=backend.example.com${longAgo}`,
  ];

  it('sets the limited user token of the caller until the token expires', async () => {
    const { httpAuth } = setUpHttpAuth();
    const res = answerTo(bearer('user.jane'));
    res.setHeader('Set-Cookie', 'theme=dark');
    const expiresAt = new Date(startOfTests + oneHour);
    await expect(httpAuth.issueUserCookie(res)).resolves.toEqual({ expiresAt });
    expect(res.getHeader('Set-Cookie')).toEqual(['theme=dark', setLine(limited('jane'))]);
    expect(res.getHeader('Cache-Control')).toBe('no-store');
    expect(res.getHeader('Vary')).toBe('Cookie, Authorization');
  });

  it('is written as the configuration says, unless the options do', async () => {
    const config = { backend: { auth: { cookie: { name: 'sso', sameSite: 'lax' } } } };
    const res = answerTo(bearer('user.jane'));
    await setUpHttpAuth({ config }).httpAuth.issueUserCookie(res);
    expect(res.getHeader('Set-Cookie')).toEqual([
      setLine(limited('jane')).replace('backstage-auth', 'sso').replace('None', 'Lax'),
    ]);
    const other = answerTo(bearer('user.jane'));
    await setUpHttpAuth({ config, cookie: {} }).httpAuth.issueUserCookie(other);
    expect(other.getHeader('Set-Cookie')).toEqual([setLine(limited('jane'))]);
  });

  it('sets the cookie of given credentials, whoever the caller is', async () => {
    const { auth, httpAuth } = setUpHttpAuth();
    const res = answerTo(bearer('service.x'));
    await httpAuth.issueUserCookie(res, { credentials: await auth.authenticate('user.joe') });
    expect(res.getHeader('Set-Cookie')).toEqual([setLine(limited('joe'))]);
  });

  it.each([
    ['nobody', { headers: {} }, missing],
    ['a cookie alone', withCookies(limited('jane')), missing],
    ['a service', bearer('service.x'), { code: 'AUTH_PRINCIPAL_NOT_ALLOWED' }],
    ['junk', bearer('junk'), illegal],
    [
      'a limited token',
      bearer(limited('jane')),
      { code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED', message: 'Illegal limited user token' },
    ],
  ])('sets nothing for %s', async (_caller, request, error) => {
    const res = answerTo(request);
    await expect(setUpHttpAuth().httpAuth.issueUserCookie(res)).rejects.toMatchObject(error);
    expect(res.hasHeader('Set-Cookie')).toBe(false);
  });

  it.each([
    [5 * minute + 1, false],
    [5 * minute, true],
    [1, true],
  ])('replaces a cookie of the same user that is good for %d ms: %s', async (left, replaced) => {
    const { httpAuth } = setUpHttpAuth();
    const { headers } = bearer('user.jane');
    const res = answerTo({
      headers: { ...headers, ...withCookies(limited('jane', left)).headers },
    });
    const { expiresAt } = await httpAuth.issueUserCookie(res);
    expect(expiresAt).toEqual(new Date(startOfTests + (replaced ? oneHour : left)));
    expect(res.getHeader('Set-Cookie')).toEqual(replaced ? [setLine(limited('jane'))] : undefined);
    expect(res.getHeader('Cache-Control')).toBe('no-store');
  });

  it.each([
    ['junk', 'user.jane', 'service.x', 'restricted', 'undecided'],
    [limited('jane', -1)],
    ['', 'a b'],
  ])('replaces cookies that prove nothing: %s', async (...values) => {
    const { httpAuth } = setUpHttpAuth();
    const { headers } = bearer('user.jane');
    const res = answerTo({ headers: { ...headers, ...withCookies(...values).headers } });
    await httpAuth.issueUserCookie(res);
    expect(res.getHeader('Set-Cookie')).toEqual([setLine(limited('jane'))]);
  });

  it.each([[[limited('joe')]], [[limited('jane', 10 * oneHour), limited('joe')]]])(
    "replaces another user's cookie at once, in every form it may have: %j",
    async values => {
      const { httpAuth } = setUpHttpAuth();
      const { headers } = bearer('user.jane');
      const res = answerTo({ headers: { ...headers, ...withCookies(...values).headers } });
      await httpAuth.issueUserCookie(res);
      expect(res.getHeader('Set-Cookie')).toEqual([clearLines[1], setLine(limited('jane'))]);
    },
  );

  it('CKE-07, CKE-08: is decided by the bearer alone, however many cookies others have added', async () => {
    const tossed = Array.from({ length: 40 }, (_, index) => limited('joe', index + 1));
    for (const values of [tossed, [limited('jane'), ...tossed], [...tossed, limited('jane')]]) {
      const { auth, httpAuth } = setUpHttpAuth();
      const { headers } = bearer('user.jane');
      const res = answerTo({ headers: { ...headers, ...withCookies(...values).headers } });
      await httpAuth.issueUserCookie(res);
      expect(res.getHeader('Set-Cookie')).toEqual([clearLines[1], setLine(limited('jane'))]);
      expect(auth.verified).toHaveLength(1);
    }
  });

  it('clears every form of the cookie for credentials of nobody', async () => {
    const { clock, httpAuth } = setUpHttpAuth();
    clock.advance(1234);
    const res = answerTo(bearer('user.jane'));
    await expect(
      httpAuth.issueUserCookie(res, { credentials: createNoneCredentials() }),
    ).resolves.toEqual({ expiresAt: new Date(startOfTests + 1234) });
    expect(res.getHeader('Set-Cookie')).toEqual(clearLines);
    expect(res.getHeader('Cache-Control')).toBe('no-store');
  });

  it('refuses credentials of a service', async () => {
    const res = answerTo(bearer('user.jane'));
    const credentials = createServiceCredentials({ subject: 'plugin:x' });
    await expect(
      setUpHttpAuth().httpAuth.issueUserCookie(res, { credentials }),
    ).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CLAIM_INVALID',
      message: 'Refused to issue cookie for non-user principal',
    });
    expect(res.hasHeader('Set-Cookie')).toBe(false);
  });

  it('refuses when headers were sent', async () => {
    const { auth, httpAuth } = setUpHttpAuth();
    const res = Object.assign(answerTo(bearer('user.jane')), {});
    res.writeHead(200);
    await expect(httpAuth.issueUserCookie(res)).rejects.toThrow(
      'Failed to issue user cookie, headers were already sent',
    );
    expect(auth.verified).toEqual([]);
  });

  it('refuses a response that names neither request nor credentials', async () => {
    const res = { headersSent: false, getHeader: () => undefined, setHeader: () => undefined };
    await expect(setUpHttpAuth().httpAuth.issueUserCookie(res)).rejects.toMatchObject({
      code: 'AUTH_CREDENTIALS_MISSING',
      message: 'Missing credentials',
      reason: 'the response has no `req` to take the credentials from; pass `credentials`',
    });
  });

  it('CKE-11: refuses a token too long for a cookie, and says so in the log, without repeating it', async () => {
    const { httpAuth, events, lines } = setUpHttpAuth();
    const name = 'x'.repeat(4096);
    const res = answerTo(bearer(`user.${name}`));
    const issued = httpAuth.issueUserCookie(res);
    await expect(issued).rejects.toThrow('browsers drop a cookie of more than 4096');
    await expect(issued).rejects.not.toThrow('xxxx');
    expect(res.hasHeader('Set-Cookie')).toBe(false);
    expect(lines).toEqual([
      [
        'error',
        expect.stringMatching(
          /^Failed to issue user cookie to "user:default\/x{1,200}\.{3}, name and token have \d+ bytes and browsers drop a cookie of more than 4096$/,
        ),
        {},
      ],
    ]);
    expect(events).toEqual([]);
  });
});
