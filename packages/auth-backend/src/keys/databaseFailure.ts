import type { AuthError, Clock } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { Knex } from 'knex';
import { endAfter } from './endAfter';

/** How long each step of opening a database may take, in milliseconds: far longer than migrations do. */
const OPENING_DEADLINE = 60_000;

/** Makes the error for a database that cannot be used now; what it said is the cause. */
export function databaseUnavailable(what: string, cause: unknown): AuthError {
  return createAuthError('AUTH_KEYS_UNAVAILABLE', `${what}: ${describeFailure(cause)}`, { cause });
}

/** Waits for a step of opening a database, but not for ever: a start that hangs tells nobody why. */
export function openInTime<TResult>(work: Promise<TResult>, clock: Clock): Promise<TResult> {
  const late = (limit: string) =>
    createAuthError('AUTH_KEYS_UNAVAILABLE', `the database of the keys has not answered ${limit}`);
  return endAfter(OPENING_DEADLINE, clock, () => work, { late });
}

/**
 * Asks the database for nothing but an answer.
 *
 * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when there is none
 */
export async function requireAnswer(client: Knex): Promise<void> {
  try {
    await client.raw('select 1');
  } catch (cause) {
    throw databaseUnavailable('the database of the keys does not answer', cause);
  }
}

/** What a driver said, fit for a log: in one line, and without what stands before the host of a URL. */
export function describeFailure(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' && message !== '' ? message : String(error);
  const masked = text.replace(/:\/\/[^\s/]*@/g, '://***@');
  return typeof code === 'string' && !masked.includes(code)
    ? `${quote(masked)} (${quote(code)})`
    : quote(masked);
}
