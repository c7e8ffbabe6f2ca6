import type { AuthError, LoggerService } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';

/**
 * Makes the refusal with a code for what somebody else's code threw. What that was is told to the log alone:
 * many say what they were given, and the token must not get anywhere.
 *
 * @param who - whose code it is, for log and reason
 */
export function refuseForeignFailure(
  error: unknown,
  { who, token, logger }: { who: string; token: string; logger: LoggerService },
): AuthError {
  const detail = String(error).replaceAll(token, '<token>');
  logger.warn(`The ${who} failed: ${quote(detail)}`);
  return (error as { name?: unknown } | null | undefined)?.name === 'AuthenticationError'
    ? createAuthError('AUTH_TOKEN_TYPE_UNKNOWN', `the ${who} refuses the token; see the log`)
    : createAuthError('AUTH_KEYS_UNAVAILABLE', `the ${who} failed; see the log`);
}
