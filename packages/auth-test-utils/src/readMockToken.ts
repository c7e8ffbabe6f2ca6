import { createAuthError } from '@stagepass/auth-node/internal';
import {
  INVALID_LIMITED_USER_TOKEN,
  INVALID_SERVICE_TOKEN,
  INVALID_USER_TOKEN,
  mockTokenKind,
  type MockTokenClaims,
  type MockTokenKind,
  SERVICE_TOKEN,
  USER_TOKEN,
} from './mockTokens';
import { parseMockToken } from './parseMockToken';
import { unknownMockToken } from './unknownMockToken';

const invalidTokens: ReadonlyMap<string, string> = new Map([
  [INVALID_USER_TOKEN, 'User token is invalid'],
  [INVALID_LIMITED_USER_TOKEN, 'Limited user token is invalid'],
  [INVALID_SERVICE_TOKEN, 'Service token is invalid'],
]);

/**
 * Reads a mock token of whatever kind.
 *
 * @throws AuthenticationError `AUTH_SIGNATURE_INVALID` for the tokens that are made to be refused,
 *   `AUTH_TOKEN_TYPE_UNKNOWN` for what is no mock token, and what {@link parseMockToken} throws
 */
export function readMockToken(token: string): { kind: MockTokenKind; claims: MockTokenClaims } {
  if (typeof token !== 'string' || token === '') {
    throw createAuthError(
      'AUTH_TOKEN_MALFORMED',
      `expected a token, found ${token === '' ? 'an empty one' : `a ${typeof token}`}`,
      { message: token === '' ? 'Token is empty' : 'Token is not a string' },
    );
  }
  if (token === USER_TOKEN) return { kind: 'user', claims: {} };
  if (token === SERVICE_TOKEN) return { kind: 'service', claims: {} };
  const message = invalidTokens.get(token);
  if (message !== undefined) {
    throw createAuthError(
      'AUTH_SIGNATURE_INVALID',
      'the mock token stands for one that is forged',
      { message },
    );
  }
  const kind = mockTokenKind(token);
  if (!kind) throw unknownMockToken(token);
  return { kind, claims: parseMockToken(kind, token) };
}
