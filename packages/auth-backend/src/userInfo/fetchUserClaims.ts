import { type DiscoveryService, isAuthError } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import { endAfter } from '../keys/endAfter';
import type { Network } from '../keys/fetchKeySet';
import { locate } from '../keys/locate';
import { discardBody, readBody } from '../keys/readBody';

/** How long the whole exchange may take, discovery and body included, in milliseconds. */
const FETCH_TIMEOUT = 5_000;

/** The largest record that is read, in bytes: that of a user in ten thousands of groups. */
const MAX_RECORD_BYTES = 1024 * 1024;

/**
 * Gets the record of a user from the auth plugin, over HTTP.
 *
 * @returns the record; undefined when the auth plugin does not know the user
 * @throws AuthenticationError when the auth plugin refuses the token
 * @throws ServiceUnavailableError when the auth plugin cannot be reached
 */
export async function fetchUserClaims(
  token: string,
  discovery: DiscoveryService,
  { fetch, clock, closing }: Network,
): Promise<{ claims: unknown } | undefined> {
  const exchange = async ({ signal }: { signal: AbortSignal }) => {
    const { url } = await locate(discovery, 'auth', '/v1/userinfo');
    signal.throwIfAborted();
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      redirect: 'manual',
      signal,
    });
    return await readRecord(response, signal);
  };
  try {
    return await endAfter(FETCH_TIMEOUT, clock, exchange, { closing });
  } catch (error) {
    if (isAuthError(error) && error.code === 'AUTH_SIGNATURE_INVALID') throw error;
    throw createAuthError(
      'AUTH_KEYS_UNAVAILABLE',
      `the auth plugin does not answer for the user: ${quote(String(error))}`,
      { message: 'User info cannot be had at the moment', cause: error },
    );
  }
}

async function readRecord(
  response: Response,
  signal: AbortSignal,
): Promise<{ claims: unknown } | undefined> {
  if (response.status === 200) {
    const body = await readBody(response, { maxBytes: MAX_RECORD_BYTES, signal });
    return JSON.parse(Buffer.from(body).toString('utf8')) as { claims: unknown };
  }
  discardBody(response);
  if (response.status === 404) return undefined;
  throw response.status === 401
    ? createAuthError(
        'AUTH_SIGNATURE_INVALID',
        'the auth plugin refuses the token of the user, which was good here; see its log for the reason',
      )
    : new Error(`expected status 200, found ${response.status}`);
}
