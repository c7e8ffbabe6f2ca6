import { type BackstageCredentials, isPrincipal, requirePrincipal } from './index';
import { createNoneCredentials, createServiceCredentials, createUserCredentials } from './internal';

const none = createNoneCredentials();
const service = createServiceCredentials({ subject: 'plugin:a' });
const user = createUserCredentials({
  userEntityRef: 'user:default/jane',
  token: 'secret',
  expiresAt: new Date(0),
});
const foreign: BackstageCredentials = { ...none, principal: { type: 'robot' } };

describe('requirePrincipal', () => {
  it.each([
    ['none', none, undefined],
    ['user', user, undefined],
    ['service', service, undefined],
    ['none', none, ['none' as const]],
    ['user', user, ['service' as const, 'user' as const]],
    ['service', service, ['service' as const]],
  ])('lets %s pass: %#', (_, credentials, allow) => {
    expect(requirePrincipal(credentials, allow)).toBe(credentials);
  });

  it.each([
    [
      none,
      ['user' as const],
      'AUTH_CREDENTIALS_MISSING',
      'AuthenticationError',
      'Missing credentials',
    ],
    [none, [], 'AUTH_CREDENTIALS_MISSING', 'AuthenticationError', 'Missing credentials'],
    [
      user,
      ['service' as const],
      'AUTH_PRINCIPAL_NOT_ALLOWED',
      'NotAllowedError',
      "This endpoint does not allow 'user' credentials",
    ],
    [
      service,
      ['user' as const, 'none' as const],
      'AUTH_PRINCIPAL_NOT_ALLOWED',
      'NotAllowedError',
      "This endpoint does not allow 'service' credentials",
    ],
    [
      foreign,
      undefined,
      'AUTH_PRINCIPAL_NOT_ALLOWED',
      'NotAllowedError',
      'This endpoint does not allow these credentials',
    ],
  ])('refuses what is not allowed: %#', (credentials, allow, code, name, message) => {
    expect(() => requirePrincipal(credentials, allow)).toThrow(
      expect.objectContaining({ code, name, message }),
    );
  });

  it('takes no text for a list, in which it could find a part of a word', () => {
    expect(() => requirePrincipal(user, 'users only' as never)).toThrow(TypeError);
  });

  it.each([
    [user, ['service' as const], 'service', 'user "user:default/jane"'],
    [service, ['user' as const], 'user', 'service "plugin:a"'],
  ])('says whom it refuses: %#', (credentials, allow, expected, found) => {
    expect(() => requirePrincipal(credentials, allow)).toThrow(
      expect.objectContaining({
        code: 'AUTH_PRINCIPAL_NOT_ALLOWED',
        reason: `expected ${expected} credentials, found those of the ${found}; call with other credentials, or allow these`,
      }),
    );
  });
});

describe('isPrincipal', () => {
  it.each([
    [user, 'user', true],
    [user, 'service', false],
    [user, 'none', false],
    [user, 'unknown', true],
    [service, 'service', true],
    [none, 'none', true],
    [foreign, 'user', false],
    [foreign, 'unknown', true],
    [{ $$type: '@backstage/BackstageCredentials', principal: undefined }, 'user', false],
  ] as const)('tells the type of a principal: %#', (credentials, type, expected) => {
    expect(isPrincipal(credentials as BackstageCredentials, type)).toBe(expected);
  });
});
