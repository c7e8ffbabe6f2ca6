import type { AuthErrorCode, AuthService } from '@stagepass/auth-node';
import type { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { illegalToken, rejectionOf } from '../../packages/auth-backend/src/testing/refusals';

/** Parts of a token that are shorter could stand in a log by chance. */
const SHORTEST_TRACE = 12;

/** A plugin of an installation, and what went out on its behalf. */
export interface Receiver {
  readonly installation: Installation;
  readonly auth: AuthService;
}

/** Opens the plugin `scaffolder`; with the keys of `catalog` and of users in memory, so that nothing needs a request. */
export async function openReceiver(installation: Installation): Promise<Receiver> {
  const auth = await installation.plugin();
  await auth.authenticate(installation.pluginToken());
  await auth.authenticate(installation.userToken());
  return { installation, auth };
}

/**
 * Presents a token, and asserts that it is refused as an invalid one: 401 with this code and the one sentence of
 * all invalid tokens, nobody asked for a key, and no part of the token in the answer, the log or the audit trail.
 *
 * @param requests - how many requests for a key set it may cause; default none
 */
export async function expectRefused(
  { installation, auth }: Receiver,
  token: unknown,
  code: AuthErrorCode = 'AUTH_TOKEN_MALFORMED',
  { requests = 0, allowLimitedAccess = false } = {},
): Promise<{ reason: string }> {
  const asked = installation.network.requests.length;
  installation.logger.entries.length = 0;
  installation.events.length = 0;
  const error = await rejectionOf(auth.authenticate(token as string, { allowLimitedAccess }));
  expect(error).toMatchObject(illegalToken(code));
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'AuthenticationError',
    message: 'Illegal token',
  });
  expect(installation.network.requests.length - asked).toBe(requests);
  const told = `${error.message} ${error.reason} ${error.stack} ${installation.traces}`;
  for (const part of String(token).split('.')) {
    if (part.length >= SHORTEST_TRACE) expect(told.includes(part)).toBe(false);
  }
  return error;
}
