import type { AuthError } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';

/**
 * Makes the refusal with a code for what somebody else's code threw. Of that only name and code are told:
 * many messages say what was given, whole, in parts or encoded, and the token must not get anywhere.
 *
 * @param who - whose code it is, for the reason
 */
export function refuseForeignFailure(error: unknown, who: string): AuthError {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  const what = quote(typeof name === 'string' ? name : typeof error);
  const detail = typeof code === 'string' ? `${what} (${quote(code)})` : what;
  return name === 'AuthenticationError'
    ? createAuthError('AUTH_TOKEN_TYPE_UNKNOWN', `the ${who} refuses the token: ${detail}`)
    : createAuthError('AUTH_KEYS_UNAVAILABLE', `the ${who} failed: ${detail}`);
}

/** Makes the refusal for an answer of somebody else's code that cannot be used. */
export function refuseForeignAnswer(who: string, problem: string): AuthError {
  return createAuthError('AUTH_KEYS_UNAVAILABLE', `the ${who} cannot be used: ${problem}`);
}
