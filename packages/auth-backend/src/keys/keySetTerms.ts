import type { ThirdPartyKeys } from './importKey';
import { VERIFIERS_REFRESH } from './keyLifecycle';

const SECOND = 1_000;

const HOUR = 60 * 60 * SECOND;

/** How long what was fetched is good for, in milliseconds, and how its keys are read. */
export interface KeySetTerms {
  /** From this age on, a use of the set refreshes it in the background. */
  readonly refreshAfter: number;
  /** From this age on, a use waits for the refresh, so that a withdrawn key is refused from then on. */
  readonly staleAfter: number;
  /** How long a key goes on verifying while its set cannot be had. */
  readonly keepThroughOutage: number;
  readonly thirdParty?: ThirdPartyKeys;
}

/** The terms for the plugins of this backend. */
const amongPlugins: KeySetTerms = {
  refreshAfter: 30 * SECOND,
  staleAfter: VERIFIERS_REFRESH,
  keepThroughOutage: 3 * HOUR,
};

/**
 * Returns the terms on which a key set is kept, whatever its headers say of caching.
 *
 * @param thirdParty - given when the issuer is none of this backend's plugins: its host is not ours to bother
 */
export function termsFor(thirdParty: ThirdPartyKeys | undefined): KeySetTerms {
  return thirdParty
    ? {
        refreshAfter: 300 * SECOND,
        staleAfter: 600 * SECOND,
        keepThroughOutage: 24 * HOUR,
        thirdParty,
      }
    : amongPlugins;
}
