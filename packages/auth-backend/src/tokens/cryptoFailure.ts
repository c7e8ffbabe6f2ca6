import type { AuthError } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';

/**
 * Makes the error for a host whose cryptography does not work, as with a restrictive configuration of OpenSSL:
 * callers are not to blame, and nobody can be believed.
 *
 * @param task - what was to be done
 */
export function cryptoFailure(task: string, cause: unknown): AuthError {
  const { message } = Object(cause) as { message?: unknown };
  const told = quote(typeof message === 'string' ? message : String(cause));
  return createAuthError(
    'AUTH_KEYS_UNAVAILABLE',
    `node:crypto cannot ${task} on this host: ${told}; see its configuration of OpenSSL`,
    { cause },
  );
}
