import type { AuthErrorCode } from '@stagepass/auth-node';
import type { ExternalTrial } from '../tokens/external/ExternalAccess';
import type { TokenDescription } from './describeToken';
import type { KeyRecord } from './WatchedKeys';

/** What is known of a token once `authenticate` has answered. */
export interface Findings {
  readonly description: TokenDescription;
  readonly keys: KeyRecord;
  /** What the entries of external callers said. */
  readonly trials: readonly ExternalTrial[];
  /** The refusal; undefined for a token that is accepted. */
  readonly refusal: { readonly code: AuthErrorCode; readonly reason: string } | undefined;
}

/** What advice is drawn from. */
export interface Case extends Findings {
  readonly pluginId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The `iss` of the user tokens of this backend, as far as discovery knows it. */
  readonly expectedIssuer: string | undefined;
}

/** Returns the trial that decided: of the entry that accepted the token, or whose refusal is told. */
export function decisiveTrial({ trials, refusal }: Findings): ExternalTrial | undefined {
  return trials.find(({ subject, error }) => {
    if (subject !== undefined) return true;
    return error !== undefined && (error as { reason?: unknown }).reason === refusal?.reason;
  });
}
