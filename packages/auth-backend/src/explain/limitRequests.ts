import type { Network } from '../keys/fetchKeySet';
import { TokenBucket } from '../keys/TokenBucket';

/** Requests that the explanations of a backend may make: this many at once, and one more each second. */
const REQUESTS = { capacity: 20, refillEvery: 1_000 };

/**
 * Returns the door to the network for explanations. Their key sets are their own, so that they neither spend
 * what good callers need nor wait for it; this keeps a loop of explanations from flooding the issuers.
 */
export function limitRequests({ fetch, clock }: Network): Network {
  const bucket = new TokenBucket({ ...REQUESTS, clock });
  return {
    clock,
    fetch: (...request) =>
      bucket.take()
        ? fetch(...request)
        : Promise.reject(new Error('too many explanations at once; ask again in a second')),
  };
}
