import type { Clock } from '@stagepass/auth-node';
import { parseJsonObject } from '../tokens/strictJson';
import { endAfter } from './endAfter';
import { discardBody, readBody } from './readBody';

/** The largest key set that is read, in bytes. */
const MAX_KEY_SET_BYTES = 256 * 1024;

/** How long the whole exchange may take, body included, in milliseconds. */
const FETCH_TIMEOUT = 5_000;

/** The door to the network: `fetch`, and the clock that limits it. */
export interface Network {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Aborted when the backend is closed: what is under way ends then. */
  readonly closing?: AbortSignal;
  /** A number from 0 to below 1, so that many who lost a host at once do not come back at once. */
  readonly random?: () => number;
  /** Told how each request for a key set ended. */
  readonly onKeySetFetch?: (outcome: 'success' | 'failure') => void;
}

/**
 * Gets a key set (RFC 7517 section 5): only a 200 with a JSON object that has a list of `keys` counts.
 * Redirects are not followed, since they would let one host speak for another.
 *
 * @returns the entries of the list as they came; a 404, which says that the issuer has no keys, is an
 *   empty list
 * @throws Error that says what went wrong, fit for a log; after 5 s at the latest
 */
export function fetchKeySet(url: string, network: Network): Promise<unknown[]> {
  const { fetch, clock, closing } = network;
  const exchange = async ({ signal }: { signal: AbortSignal }) => {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal,
    });
    if (response.status === 200) {
      return readKeys(await readBody(response, { maxBytes: MAX_KEY_SET_BYTES, signal }));
    }
    discardBody(response);
    if (response.status === 404) return [];
    throw new Error(`expected status 200, found ${response.status}`);
  };
  return endAfter(FETCH_TIMEOUT, clock, exchange, { closing });
}

/**
 * Says why a fetch failed, fit for a log: Node's `fetch` has what happened in the code of the cause.
 *
 * @param url - what was fetched; other implementations say that, and its query can hold a secret
 */
export function describeFetchFailure(error: unknown, url: string): string {
  const { cause, code, message } = Object(error) as Record<string, unknown>;
  const inner = Object(cause) as Record<string, unknown>;
  const told = [inner.code, code, inner.message, message, error];
  const text = told.find(part => typeof part === 'string') ?? 'a failure that says nothing';
  return text.replaceAll(url, url.replace(/[?#].*$/s, '?...')).slice(0, 200);
}

function readKeys(body: Uint8Array): unknown[] {
  const keySet = parseJsonObject(body);
  if (typeof keySet === 'string') throw new Error(`expected a key set, found what ${keySet}`);
  if (!Array.isArray(keySet.keys)) throw new Error('expected an object with a list of keys');
  return keySet.keys;
}
