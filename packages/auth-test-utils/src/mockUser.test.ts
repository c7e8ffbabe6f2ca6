import type { BackstageCredentials } from '@stagepass/auth-node';
import { createUserCredentials, viewCredentials } from '@stagepass/auth-node/internal';
import { mockCredentials } from './mockCredentials';
import { proveMockUser } from './mockUser';

const { user, limitedUser, service } = mockCredentials;
const JANE = 'user:default/jane';
const IN_A_MINUTE = { expiresAt: new Date(60_000) };

const prove = (credentials: BackstageCredentials) => proveMockUser(viewCredentials(credentials));

/** What a store gives back, with a token put beside it. */
function stored(credentials: BackstageCredentials, token?: unknown): BackstageCredentials {
  return JSON.parse(JSON.stringify({ ...credentials, token })) as BackstageCredentials;
}

describe('proveMockUser', () => {
  it.each([
    [
      'the default user',
      user(),
      user.token(),
      { userEntityRef: 'user:default/mock', kind: 'user' },
    ],
    [
      'a token without a subject',
      user(),
      'mock-user-token:{"exp":60}',
      { userEntityRef: 'user:default/mock', kind: 'user', exp: 60 },
    ],
    [
      'another user',
      user(JANE, IN_A_MINUTE),
      user.token(JANE, IN_A_MINUTE),
      { userEntityRef: JANE, kind: 'user', exp: 60 },
    ],
    [
      'a limited user',
      limitedUser(JANE, IN_A_MINUTE),
      limitedUser.token(JANE, IN_A_MINUTE),
      { userEntityRef: JANE, kind: 'limitedUser', exp: 60 },
    ],
  ])(
    'reads what the token says, with stored credentials too: %s',
    (_, credentials, token, proof) => {
      expect(prove(stored(credentials, token))).toEqual(proof);
      expect(prove(Object.defineProperty(credentials, 'token', { value: token }))).toEqual(proof);
    },
  );

  it.each(['eyJhbGciOiJFUzI1NiJ9.e30.c2ln', service.token(), 'mock-service-token:{}'])(
    'knows nothing of the credentials of another service, whose token is %s',
    token => {
      const expiresAt = new Date(0);
      expect(prove(createUserCredentials({ userEntityRef: JANE, token, expiresAt }))).toBe(
        undefined,
      );
    },
  );

  it.each<[what: string, token: unknown]>([
    ['no', undefined],
    ['an empty', ''],
    ['a numeric', 7],
  ])('refuses stored credentials with %s token', (_, token) => {
    expect(() => prove(stored(user(JANE), token))).toThrow(
      expect.objectContaining({
        name: 'AuthenticationError',
        code: 'AUTH_CREDENTIALS_MISSING',
        message: 'User credentials is unexpectedly missing token',
        reason:
          'expected the credentials of a user with their token, found some without; store { ...credentials, token }',
      }) as Error,
    );
  });

  it.each([
    'eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
    user.invalidToken(),
    limitedUser.invalidToken(),
    service.token(),
    'mock-service-token:{"sub":"user:default/jane"}',
    'mock-none-token',
  ])('refuses stored credentials with the token %s', token => {
    expect(() => prove(stored(user(JANE), token))).toThrow(
      expect.objectContaining({
        name: 'AuthenticationError',
        code: 'AUTH_TOKEN_TYPE_UNKNOWN',
        message: 'Illegal token',
        reason:
          'the stored credentials hold another token than that of a user; make it with mockCredentials.user',
      }) as Error,
    );
  });

  it.each([
    ['the default user', user.token(), 'user:default/mock'],
    ['somebody else', user.token('user:default/joe'), 'user:default/joe'],
    ['somebody else, limited', limitedUser.token('user:default/joe'), 'user:default/joe'],
  ])('refuses stored credentials with the token of %s', (_, token, owner) => {
    expect(() => prove(stored(user(JANE), token))).toThrow(
      expect.objectContaining({
        name: 'AuthenticationError',
        code: 'AUTH_CLAIM_INVALID',
        message: 'Illegal token',
        reason: `the stored credentials name another user than their token, which is "${owner}"'s`,
      }) as Error,
    );
  });
});
