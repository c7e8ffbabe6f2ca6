import type { PublishedKey } from '../keys/PublishedKey';
import { isWithin, type TokenTimes } from './claims';

/** What a proof rests on: a key that must stay published, and a token that must not expire. */
export interface Evidence {
  readonly key: Pick<PublishedKey, 'isPublished' | 'confirm'>;
  readonly times: TokenTimes;
}

/**
 * Tells whether all of the evidence still holds, by what is known without asking anybody.
 *
 * @param now - seconds since the epoch, fractions included
 */
export function isStanding(evidence: readonly Evidence[], now: number): boolean {
  for (const { key, times } of evidence) {
    if (!isWithin(times, now) || !key.isPublished()) return false;
  }
  return true;
}

/** Looks whether all of the evidence still holds, like {@link isStanding}, and asks for keys where that must be. */
export async function confirm(evidence: readonly Evidence[], now: number): Promise<boolean> {
  for (const { key, times } of evidence) {
    if (!isWithin(times, now) || !(await key.confirm())) return false;
  }
  return true;
}
