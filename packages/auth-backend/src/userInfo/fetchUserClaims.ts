import type { DiscoveryService } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { Network } from '../keys/fetchKeySet';

/** How long the whole exchange may take, body included, in milliseconds. */
const FETCH_TIMEOUT = 5_000;

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
  { fetch, clock }: Network,
): Promise<{ claims: unknown } | undefined> {
  const abort = new AbortController();
  const cancelTimeout = clock.setTimeout(() => abort.abort(), FETCH_TIMEOUT);
  try {
    const url = `${await discovery.getBaseUrl('auth')}/v1/userinfo`;
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      redirect: 'manual',
      signal: abort.signal,
    });
    if (response.status === 200) return (await response.json()) as { claims: unknown };
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw response.status === 401
      ? createAuthError(
          'AUTH_SIGNATURE_INVALID',
          'the auth plugin refuses the token of the user, which was good here; see its log for the reason',
        )
      : new Error(`expected status 200, found ${response.status}`);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'AUTH_SIGNATURE_INVALID') throw error;
    throw createAuthError(
      'AUTH_KEYS_UNAVAILABLE',
      `the auth plugin does not answer for the user: ${quote(String(error))}`,
      { message: 'User info cannot be had at the moment', cause: error },
    );
  } finally {
    cancelTimeout();
  }
}
