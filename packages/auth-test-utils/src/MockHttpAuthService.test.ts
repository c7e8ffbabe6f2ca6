import type { AuthRequest, AuthResponse } from '@stagepass/auth-node';
import { mockCredentials } from './mockCredentials';
import { MockHttpAuthService } from './MockHttpAuthService';
import { TestClock } from './TestClock';

const JANE = 'user:default/jane';

function responseTo(req?: AuthRequest) {
  const setHeader = jest.fn();
  const response: AuthResponse = { req, headersSent: false, getHeader: () => undefined, setHeader };
  return { response, setHeader };
}

describe('MockHttpAuthService', () => {
  it('takes a request without credentials for one of the default user', async () => {
    const httpAuth = new MockHttpAuthService();
    for (const allow of [undefined, ['user' as const]]) {
      expect(await httpAuth.credentials({ headers: {} }, { allow })).toEqual(
        mockCredentials.user(),
      );
    }
    await expect(
      httpAuth.credentials({ headers: {} }, { allow: ['service'] }),
    ).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_PRINCIPAL_NOT_ALLOWED',
      message: "This endpoint does not allow 'user' credentials",
    });
  });

  it('takes it for one of the given default credentials', async () => {
    const defaultCredentials = mockCredentials.service('plugin:a');
    const httpAuth = new MockHttpAuthService({ defaultCredentials });
    expect(await httpAuth.credentials({ headers: {} })).toBe(defaultCredentials);
  });

  it('takes the none header for a request of nobody', async () => {
    const request = { headers: { authorization: mockCredentials.none.header() } };
    const httpAuth = new MockHttpAuthService();
    expect(await httpAuth.credentials(request)).toEqual(mockCredentials.none());
    await expect(httpAuth.credentials(request, { allow: ['user'] })).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CREDENTIALS_MISSING',
      message: 'Missing credentials',
    });
  });

  it.each([
    ['as express sends it', mockCredentials.limitedUser.cookie(JANE)],
    ['encoded', `backstage-auth=${encodeURIComponent(mockCredentials.limitedUser.token(JANE))}`],
    ['among others', `%=%; a=b ;${mockCredentials.limitedUser.cookie(JANE)}`],
  ])('reads the cookie %s', async (_, cookie) => {
    const credentials = await new MockHttpAuthService().credentials(
      { headers: { cookie } },
      { allowLimitedAccess: true },
    );
    expect(credentials).toEqual(mockCredentials.limitedUser(JANE));
  });

  it('refuses a cookie that is not as it should be', async () => {
    const httpAuth = new MockHttpAuthService();
    const cookie = mockCredentials.limitedUser.invalidCookie();
    await expect(
      httpAuth.credentials({ headers: { cookie } }, { allowLimitedAccess: true }),
    ).rejects.toMatchObject({
      code: 'AUTH_SIGNATURE_INVALID',
      message: 'Limited user token is invalid',
    });
    await expect(
      httpAuth.credentials(
        { headers: { cookie: 'backstage-auth=%' } },
        { allowLimitedAccess: true },
      ),
    ).rejects.toMatchObject({ message: "Unknown mock token '%'" });
  });

  it('answers for the plugin that it is of', async () => {
    const authorization = 'Bearer mock-service-token:{"target":"catalog"}';
    const catalog = new MockHttpAuthService({ pluginId: 'catalog' });
    expect(await catalog.credentials({ headers: { authorization } })).toEqual(
      mockCredentials.service(),
    );
    await expect(
      new MockHttpAuthService().credentials({ headers: { authorization } }),
    ).rejects.toMatchObject({ code: 'AUTH_AUDIENCE_MISMATCH' });
  });

  it('sets the bare cookie, good for an hour by its clock', async () => {
    const httpAuth = new MockHttpAuthService({ clock: new TestClock('2026-05-01T10:00:00Z') });
    const { response, setHeader } = responseTo({ headers: {} });
    expect(await httpAuth.issueUserCookie(response)).toEqual({
      expiresAt: new Date('2026-05-01T11:00:00Z'),
    });
    const expiresAt = new Date('2026-05-01T11:00:00Z');
    const cookie = mockCredentials.limitedUser.cookie(undefined, { expiresAt });
    expect(setHeader.mock.calls).toEqual([['Set-Cookie', cookie]]);
  });

  it('needs no request to set the cookie of given credentials', async () => {
    const { response, setHeader } = responseTo();
    await new MockHttpAuthService().issueUserCookie(response, {
      credentials: mockCredentials.user(JANE),
    });
    expect(setHeader.mock.calls).toEqual([
      ['Set-Cookie', mockCredentials.limitedUser.cookie(JANE)],
    ]);
  });

  it('says what is missing when there is neither request nor credentials', async () => {
    const { response, setHeader } = responseTo();
    await expect(new MockHttpAuthService().issueUserCookie(response)).rejects.toMatchObject({
      code: 'AUTH_CREDENTIALS_MISSING',
      message: 'Missing credentials',
      reason: 'the response has no req to take the credentials from; pass credentials',
    });
    expect(setHeader).not.toHaveBeenCalled();
  });
});
