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
    ['mock-none-token', 'AUTH_TOKEN_TYPE_UNKNOWN', "Unknown mock token 'mock-none-token'"],
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
      reason:
        'expected a token made by mockCredentials.user, .limitedUser or .service, found "a\\nb"',
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
    expect(limited).toEqual({
      token: mockCredentials.limitedUser.token(JANE),
      expiresAt: new Date('2026-05-01T11:00:00Z'),
    });
  });

  it.each([
    ['a service', mockCredentials.service(), "credential type 'service'"],
    ['nobody', mockCredentials.none(), "credential type 'none'"],
    ['no principal', {}, "credential type 'undefined'"],
  ])('has no limited user token for %s', async (_, credentials, message) => {
    await expect(
      auth.getLimitedUserToken(credentials as BackstageCredentials<BackstageUserPrincipal>),
    ).rejects.toMatchObject({
      code: 'AUTH_CREDENTIALS_MISSING',
      message: `Refused to issue limited user token for ${message}`,
    });
  });

  it('refuses to limit a user whose ref is none', async () => {
    const credentials = { ...mockCredentials.user(), principal: { type: 'user' as const } };
    await expect(
      auth.getLimitedUserToken(credentials as BackstageCredentials<BackstageUserPrincipal>),
    ).rejects.toMatchObject({
      code: 'AUTH_CLAIM_INVALID',
      message: "Invalid user entity reference 'undefined', expected <kind>:<namespace>/<name>",
    });
  });

  it('throws for public keys at once, as there are none', () => {
    expect(() => void auth.listPublicServiceKeys()).toThrow(new Error('Not implemented'));
  });
});
