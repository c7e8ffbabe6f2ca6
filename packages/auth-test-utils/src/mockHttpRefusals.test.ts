import type { AuthRequest, BackstageCredentials } from '@stagepass/auth-node';
import { mockCredentials } from './mockCredentials';
import { MockHttpAuthService } from './MockHttpAuthService';
import { TestClock } from './TestClock';

const { none, user, limitedUser, service } = mockCredentials;
const [JANE, JOE] = ['user:default/jane', 'user:default/joe'];
const NOON = '2026-05-01T12:00:00.000Z';
const limited = { allowLimitedAccess: true };
const catalogHttpAuth = () =>
  new MockHttpAuthService({ pluginId: 'catalog', clock: new TestClock(NOON) });

describe('MockHttpAuthService.credentials', () => {
  it('takes an empty bearer for none where the default policy is disabled', async () => {
    const request = () => ({ headers: { authorization: 'Bearer' } });
    const open = new MockHttpAuthService({ disableDefaultAuthPolicy: true });
    expect(await open.credentials(request())).toEqual(user());
    await expect(catalogHttpAuth().credentials(request())).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_REQUEST_AMBIGUOUS',
      message: 'Malformed or ambiguous credentials',
    });
  });

  it('lets who is there by default be so for an hour by its clock', async () => {
    const credentials = await catalogHttpAuth().credentials({ headers: {} });
    expect(credentials).toEqual(
      user(undefined, { expiresAt: new Date('2026-05-01T13:00:00.000Z') }),
    );
  });

  const cookie = limitedUser.cookie(JANE);

  it.each<[what: string, request: AuthRequest, code: string, message: string, reason: string]>([
    [
      'a cookie from elsewhere',
      { method: 'POST', headers: { cookie } },
      'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
      'Illegal limited user token',
      'the auth cookie came with a request that can change something, and from elsewhere; send ' +
        '"Sec-Fetch-Site: same-origin" as browsers do, name the origin in corsOrigins, or use a bearer token',
    ],
    [
      'cookies of two users',
      { headers: { cookie: `${cookie}; ${limitedUser.cookie(JOE)}` } },
      'AUTH_REQUEST_AMBIGUOUS',
      'Malformed or ambiguous credentials',
      'the request has auth cookies of different users',
    ],
    ...[user.token(JANE), service.token({ onBehalfOf: user(JANE) }), service.token()].map(
      token =>
        [
          `a cookie that holds ${token}`,
          { headers: { cookie: `backstage-auth=${token}` } },
          'AUTH_TOKEN_TYPE_UNKNOWN',
          'Illegal token',
          'the auth cookie holds a token of another kind; make it with mockCredentials.limitedUser.cookie()',
        ] satisfies [string, AuthRequest, string, string, string],
    ),
  ])('refuses %s', async (_, request, code, message, reason) => {
    await expect(catalogHttpAuth().credentials(request, limited)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code,
      message,
      reason,
    });
  });

  it('passes over what else is in the cookies of one user', async () => {
    const junk = ['', user.token(JOE), limitedUser.invalidToken()].map(
      token => `backstage-auth=${token}`,
    );
    const request = { headers: { cookie: [...junk, cookie, cookie].join('; ') } };
    const httpAuth = new MockHttpAuthService();
    expect(await httpAuth.credentials(request, limited)).toEqual(limitedUser(JANE));
  });
});

describe('MockHttpAuthService.issueUserCookie', () => {
  const [fresh, stale] = [6, 5].map(minutes => new Date(Date.parse(NOON) + minutes * 60_000));
  const inAnHour = new Date('2026-05-01T13:00:00.000Z');

  async function issue(cookie: string, credentials: BackstageCredentials = user(JANE)) {
    const setHeader = jest.fn();
    const req = { headers: { cookie } };
    const response = { req, headersSent: false, getHeader: () => undefined, setHeader };
    const issued = await catalogHttpAuth().issueUserCookie(response, { credentials });
    return { issued, set: setHeader.mock.calls as unknown[][] };
  }

  it('leaves a cookie that is good for long enough, and says until when', async () => {
    expect(await issue(limitedUser.cookie(JANE, { expiresAt: fresh }))).toEqual({
      issued: { expiresAt: fresh },
      set: [],
    });
  });

  it.each([
    ['none', 'a=b'],
    ['one that soon ends', limitedUser.cookie(JANE, { expiresAt: stale })],
    ['one of somebody else', limitedUser.cookie(JOE, { expiresAt: fresh })],
    [
      'one of somebody else too',
      [JANE, JOE].map(ref => limitedUser.cookie(ref, { expiresAt: fresh })).join('; '),
    ],
  ])('sets a new one in the place of %s', async (_, cookie) => {
    expect(await issue(cookie)).toEqual({
      issued: { expiresAt: inAnHour },
      set: [['Set-Cookie', limitedUser.cookie(JANE, { expiresAt: inAnHour })]],
    });
  });

  it('clears it for nobody', async () => {
    expect(await issue(limitedUser.cookie(JANE), none())).toEqual({
      issued: { expiresAt: new Date(NOON) },
      set: [['Set-Cookie', 'backstage-auth=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT']],
    });
  });

  it('sets none for a service', async () => {
    await expect(issue('', service('plugin:a'))).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CLAIM_INVALID',
      message: 'Refused to issue cookie for non-user principal',
      reason:
        'expected the credentials of a user, or none to clear the cookie, found "mockCredentials{servicePrincipal{plugin:a}}"',
    });
  });
});
