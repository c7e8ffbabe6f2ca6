import { readMockToken } from './readMockToken';

describe('readMockToken', () => {
  it.each([
    ['mock-user-token', { kind: 'user', claims: {} }],
    ['mock-service-token', { kind: 'service', claims: {} }],
    ['mock-user-token:{}', { kind: 'user', claims: {} }],
    ['mock-limited-user-token:{"exp":1}', { kind: 'limitedUser', claims: { exp: 1 } }],
    ['mock-service-token:{"sub":"plugin:a"}', { kind: 'service', claims: { sub: 'plugin:a' } }],
  ])('reads %s', (token, expected) => {
    expect(readMockToken(token)).toEqual(expected);
  });

  it.each<[token: unknown, code: string, message: string, reason: string]>([
    ['', 'AUTH_TOKEN_MALFORMED', 'Token is empty', 'expected a token, found an empty one'],
    [
      undefined,
      'AUTH_TOKEN_MALFORMED',
      'Token is not a string',
      'expected a token, found a undefined',
    ],
    [null, 'AUTH_TOKEN_MALFORMED', 'Token is not a string', 'expected a token, found a object'],
    [7, 'AUTH_TOKEN_MALFORMED', 'Token is not a string', 'expected a token, found a number'],
    [
      ['mock-user-token'],
      'AUTH_TOKEN_MALFORMED',
      'Token is not a string',
      'expected a token, found a object',
    ],
    [
      'mock-invalid-user-token',
      'AUTH_SIGNATURE_INVALID',
      'User token is invalid',
      'the mock token stands for one that is forged',
    ],
    [
      'mock-invalid-limited-user-token',
      'AUTH_SIGNATURE_INVALID',
      'Limited user token is invalid',
      'the mock token stands for one that is forged',
    ],
    [
      'mock-invalid-service-token',
      'AUTH_SIGNATURE_INVALID',
      'Service token is invalid',
      'the mock token stands for one that is forged',
    ],
  ])('refuses %j', (token, code, message, reason) => {
    expect(() => readMockToken(token as string)).toThrow(
      expect.objectContaining({ name: 'AuthenticationError', code, message, reason }) as Error,
    );
  });
});
