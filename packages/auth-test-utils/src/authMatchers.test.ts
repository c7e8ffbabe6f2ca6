import { createAuthError } from '@stagepass/auth-node/internal';
import { type AuthMatchers, authMatchers } from './authMatchers';
import { mockCredentials } from './mockCredentials';

declare global {
  // As a user of Jest merges them; the second base is for the linter, which wants no renaming interface.
  namespace jest {
    interface Matchers<R> extends AuthMatchers<R>, Record<never, never> {}
  }
}

expect.extend(authMatchers);

const JANE = 'user:default/jane';
const jane = mockCredentials.user(JANE);
const forJane = mockCredentials.user(JANE, { actor: { subject: 'plugin:search' } });
const catalog = mockCredentials.service('plugin:catalog');
const none = mockCredentials.none();

/** The message of the failure that a matcher makes. */
async function failure(matcher: () => unknown): Promise<string> {
  try {
    await matcher();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the matcher held');
}

it('accepts what the credentials hold', async () => {
  expect(jane).toBeUserPrincipal(JANE);
  expect(jane).toBeUserPrincipal();
  expect(forJane).toHaveActor('plugin:search');
  expect(catalog).toBeServicePrincipal('plugin:catalog');
  expect(none).toBeNonePrincipal();
  const refusal = createAuthError('AUTH_TOKEN_EXPIRED', 'old');
  await expect(refusal).toBeRefusedWith('AUTH_TOKEN_EXPIRED');
  await expect(Promise.reject(refusal)).toBeRefusedWith('AUTH_TOKEN_EXPIRED');
  await expect(() => Promise.reject(refusal)).toBeRefusedWith('AUTH_TOKEN_EXPIRED');
});

it('has an opposite for each', async () => {
  expect(jane).not.toBeUserPrincipal('user:default/joe');
  expect(jane).not.toHaveActor('plugin:search');
  expect(jane).not.toBeServicePrincipal();
  expect(catalog).not.toBeNonePrincipal();
  await expect(Promise.resolve(1)).not.toBeRefusedWith('AUTH_TOKEN_EXPIRED');
});

it.each([
  [
    () => expect(forJane).toBeUserPrincipal('user:default/joe'),
    `Expected credentials of the user user:default/joe, found those of the user ${JANE}, for whom plugin:search calls`,
  ],
  [
    () => expect(jane).not.toBeUserPrincipal(JANE),
    `Expected credentials of anyone but the user ${JANE}, found those of the user ${JANE}`,
  ],
  [
    () => expect(none).toBeServicePrincipal('plugin:x'),
    'Expected credentials of the service plugin:x, found those of a caller without credentials',
  ],
  [
    () => expect(catalog).toBeNonePrincipal(),
    'Expected credentials of a caller without credentials, found those of the service plugin:catalog',
  ],
  [
    () => expect(Promise.resolve(jane)).toHaveActor('plugin:x'),
    'Expected credentials of a user for whom plugin:x calls, found a promise; await it first',
  ],
  [
    () => expect(createAuthError('AUTH_KEY_UNKNOWN', 'r')).toBeRefusedWith('AUTH_TOKEN_EXPIRED'),
    'Expected a refusal with AUTH_TOKEN_EXPIRED, found AuthenticationError with code AUTH_KEY_UNKNOWN',
  ],
  [
    () => expect(Promise.resolve(1)).toBeRefusedWith('AUTH_TOKEN_EXPIRED'),
    'Expected a refusal with AUTH_TOKEN_EXPIRED, found a promise that was fulfilled',
  ],
])('says what was expected and found (%#)', async (matcher, message) => {
  expect(await failure(matcher)).toBe(message);
});

it('prints no token, wherever one is handed in', async () => {
  const token = mockCredentials.user.token(JANE);
  const messages = await Promise.all([
    failure(() => expect(token).toBeUserPrincipal('user:default/joe')),
    failure(() => expect(token).toBeRefusedWith('AUTH_TOKEN_EXPIRED')),
    failure(() => expect(Promise.reject(new Error(token))).toBeRefusedWith('AUTH_TOKEN_EXPIRED')),
    failure(() => expect(Promise.resolve(token)).toBeRefusedWith('AUTH_TOKEN_EXPIRED')),
  ]);
  for (const message of messages) expect(message).not.toContain('mock-user-token');
});
