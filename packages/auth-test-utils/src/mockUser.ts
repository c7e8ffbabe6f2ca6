import { createAuthError, type CredentialsView, quote } from '@stagepass/auth-node/internal';
import { DEFAULT_USER, mockTokenKind, type MockTokenKind, USER_TOKEN } from './mockTokens';
import { parseMockToken } from './parseMockToken';

/** What the token in the credentials of a user says. */
export interface MockUserProof {
  readonly userEntityRef: string;
  readonly kind: Exclude<MockTokenKind, 'service'>;
  /** In seconds since the epoch; undefined when the token does not say. */
  readonly exp?: number;
}

/**
 * Reads the token in the credentials of a user, without which they are good for nothing.
 *
 * @returns undefined when it is a token of another service than the mocks
 * @throws AuthenticationError `AUTH_CREDENTIALS_MISSING` when there is none; for credentials that come out of
 *   JSON, which have no authority but their token, also `AUTH_TOKEN_TYPE_UNKNOWN` when it is no user's, and
 *   `AUTH_CLAIM_INVALID` when it is another user's
 */
export function proveMockUser(credentials: CredentialsView): MockUserProof | undefined {
  const { principal, token, revived } = credentials;
  if (token === undefined) {
    throw createAuthError(
      'AUTH_CREDENTIALS_MISSING',
      'expected the credentials of a user with their token, found some without; store { ...credentials, token }',
      { message: 'User credentials is unexpectedly missing token' },
    );
  }
  const proof = readUserToken(token);
  if (!revived) return proof;
  if (!proof) {
    throw createAuthError(
      'AUTH_TOKEN_TYPE_UNKNOWN',
      'the stored credentials hold another token than that of a user; make it with mockCredentials.user',
    );
  }
  if (!('userEntityRef' in principal) || principal.userEntityRef !== proof.userEntityRef) {
    throw createAuthError(
      'AUTH_CLAIM_INVALID',
      `the stored credentials name another user than their token, which is ${quote(proof.userEntityRef)}'s`,
    );
  }
  return proof;
}

function readUserToken(token: string): MockUserProof | undefined {
  if (token === USER_TOKEN) return { userEntityRef: DEFAULT_USER, kind: 'user' };
  const kind = mockTokenKind(token);
  if (kind !== 'user' && kind !== 'limitedUser') return undefined;
  const { sub = DEFAULT_USER, exp } = parseMockToken(kind, token);
  return { userEntityRef: sub, kind, exp };
}
