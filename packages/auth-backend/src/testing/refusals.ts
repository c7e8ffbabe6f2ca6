import type { AuthErrorCode } from '@stagepass/auth-node';

/** What an invalid token is answered with, whatever is wrong with it. */
export function illegalToken(code: AuthErrorCode) {
  return { name: 'AuthenticationError', code, message: 'Illegal token' };
}

/** What is answered while keys cannot be had. */
export const keysUnavailable = {
  name: 'ServiceUnavailableError',
  code: 'AUTH_KEYS_UNAVAILABLE',
  message: 'Credentials cannot be verified at the moment',
};

/** The error of a wrong configuration: the message says all, the reason the same. */
export function invalidConfig(message: string) {
  return { name: 'Error', code: 'AUTH_CONFIG_INVALID', message, reason: message };
}

/** Returns what a promise is rejected with; fails if it is not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error & { reason: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { reason: string };
  }
  throw new Error('expected a rejection');
}
