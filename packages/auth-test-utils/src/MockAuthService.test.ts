import type { BackstageCredentials, BackstageUserPrincipal } from '@stagepass/auth-node';
import { MockAuthService } from './MockAuthService';
import { mockCredentials } from './mockCredentials';
import { TestClock } from './TestClock';

const JANE = 'user:default/jane';
const auth = new MockAuthService({ pluginId: 'catalog' });

describe('MockAuthService', () => {
  it.each([
    ['mock-user-token', mockCredentials.user()],
    [mockCredentials.user.token(JANE), mockCredentials.user(JANE)],
    [
      mockCredentials.user.token(JANE, { actor: { subject: 'plugin:a' } }),
      mockCredentials.user(JANE, { actor: { subject: 'plugin:a' } }),
    ],
    ['mock-service-token', mockCredentials.service()],
    ['mock-service-token:{"sub":"plugin:a"}', mockCredentials.service('plugin:a')],
    ['mock-service-token:{"target":"catalog"}', mockCredentials.service()],
    [`mock-service-token:{"obo":"${JANE}","target":"catalog"}`, mockCredentials.user(JANE)],
  ])('takes %s for what it says', async (token, credentials) => {
    const actual = await auth.authenticate(token);
    expect(actual).toEqual(credentials);
    expect(String(actual)).toBe(String(credentials));
  });

  it('takes a limited user token where limited access is allowed', async () => {
    const token = mockCredentials.limitedUser.token(JANE);
    expect(await auth.authenticate(token, { allowLimitedAccess: true })).toEqual(
      mockCredentials.limitedUser(JANE),
    );
    await expect(auth.authenticate(token)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
      message: 'Limited user token is not allowed',
    });
  });

  it.each([
    ['mock-invalid-user-token', 'AUTH_SIGNATURE_INVALID', 'User token is invalid'],
    ['mock-invalid-limited-user-token', 'AUTH_SIGNATURE_INVALID', 'Limited user token is invalid'],
    ['mock-invalid-service-token', 'AUTH_SIGNATURE_INVALID', 'Service token is invalid'],
    ['', 'AUTH_TOKEN_MALFORMED', 'Token is empty'],
    ['a.b.c', 'AUTH_TOKEN_TYPE_UNKNOWN', "Unknown mock token 'a.b.c'"],
    [
      'mock-service-token:{"target":"other"}',
      'AUTH_AUDIENCE_MISMATCH',
      "Invalid mock token target plugin ID, got 'other' but expected 'catalog'",
    ],
    [
      'mock-user-token:"x"',
      'AUTH_TOKEN_MALFORMED',
      "Malformed mock token, expected 'mock-user-token:' and a JSON object",
    ],
    [
      'mock-user-token:{"sub":null}',
      'AUTH_CLAIM_INVALID',
      "Invalid mock token, expected 'sub' behind 'mock-user-token:' to be a text that is not empty",
    ],
  ])('refuses %p', async (token, code, message) => {
    await expect(auth.authenticate(token)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code,
      message,
    });
  });

  it('says in the reason which mock tokens exist, and what was found on one line', async () => {
    await expect(auth.authenticate('a\nb')).rejects.toMatchObject({
      reason: expect.stringMatching(
        /^expected a mock token, found "a\\nb"; of mock tokens, mockCredentials[.]user[.]token[(][)] gives mock-user-token or /,
      ) as unknown,
    });
    await expect(auth.authenticate('mock-user-token:{"sub":"a\nb"}')).rejects.toMatchObject({
      reason: expect.stringContaining('mockCredentials') as unknown,
    });
  });

  it('is of the plugin `test` unless told otherwise', async () => {
    const own = await new MockAuthService().getOwnServiceCredentials();
    expect(own.principal.subject).toBe('plugin:test');
  });

  it('lets limited user tokens be good for an hour by its clock', async () => {
    const clock = new TestClock('2026-05-01T10:00:00Z');
    const limited = await new MockAuthService({ clock }).getLimitedUserToken(
      mockCredentials.user(JANE),
    );
    const expiresAt = new Date('2026-05-01T11:00:00Z');
    expect(limited).toEqual({
      token: mockCredentials.limitedUser.token(JANE, { expiresAt }),
      expiresAt,
    });
  });

  it.each([
    [
      'a service',
      mockCredentials.service(),
      "Refused to issue limited user token for credential type 'service'",
    ],
    [
      'nobody',
      mockCredentials.none(),
      "Refused to issue limited user token for credential type 'none'",
    ],
    ['no credentials', {}, 'Invalid credential type'],
  ])('has no limited user token for %s', async (_, credentials, message) => {
    await expect(
      auth.getLimitedUserToken(credentials as BackstageCredentials<BackstageUserPrincipal>),
    ).rejects.toMatchObject({
      code: 'AUTH_CREDENTIALS_MISSING',
      message,
    });
  });

  it('refuses to limit a user whose ref is none', async () => {
    const credentials = mockCredentials.user();
    Object.assign(credentials, { principal: { type: 'user' } });
    await expect(auth.getLimitedUserToken(credentials)).rejects.toMatchObject({
      code: 'AUTH_CLAIM_INVALID',
      message: "Invalid user entity reference 'undefined', expected <kind>:<namespace>/<name>",
    });
  });

  it('lets a token end when it says so, whoever gives the time', async () => {
    const past = { expiresAt: new Date(0) };
    const future = { expiresAt: new Date(8.64e15) };
    const limited = { allowLimitedAccess: true };
    const { user, limitedUser, service } = mockCredentials;
    const onBehalfOf = user(JANE, past);
    for (const token of [
      user.token(JANE, past),
      user.token(undefined, past),
      limitedUser.token(JANE, past),
      service.token(past),
      service.token({ onBehalfOf, targetPluginId: 'catalog' }),
    ]) {
      await expect(auth.authenticate(token, limited)).rejects.toMatchObject({
        code: 'AUTH_TOKEN_EXPIRED',
        message: 'Illegal token',
        reason: expect.stringContaining('expired at 1970-01-01T00:00:00.000Z') as unknown,
      });
    }
    for (const token of [user.token(JANE, future), limitedUser.token(JANE, future)]) {
      const credentials = await auth.authenticate(token, limited);
      expect(credentials).toEqual(user(JANE, future));
      expect((credentials as { token?: string }).token).toBe(token);
    }
  });

  it('takes stored credentials of services only where it is told to, and never restricted ones', async () => {
    const pluginId = 'catalog';
    const open = new MockAuthService({ pluginId, dangerouslyAllowStoredServiceCredentials: true });
    const stored = (credentials: object) =>
      JSON.parse(JSON.stringify(credentials)) as BackstageCredentials;
    const onBehalfOf = stored(mockCredentials.service('plugin:a'));
    const call = { onBehalfOf, targetPluginId: 'todo' };
    expect(await open.getPluginRequestToken(call)).toEqual({
      token: 'mock-service-token:{"sub":"plugin:a","target":"todo"}',
    });
    const restricted = stored(mockCredentials.service('plugin:a', { permissionNames: ['a'] }));
    for (const [service, credentials] of [
      [auth, onBehalfOf],
      [open, restricted],
    ] as const) {
      await expect(
        service.getPluginRequestToken({ onBehalfOf: credentials, targetPluginId: 'todo' }),
      ).rejects.toMatchObject({
        name: 'NotAllowedError',
        code: 'AUTH_DELEGATION_NOT_ALLOWED',
        message: 'This call may not be made for its caller',
      });
    }
  });

  it('throws for public keys at once, as there are none', () => {
    expect(() => void auth.listPublicServiceKeys()).toThrow(new Error('Not implemented'));
  });
});
