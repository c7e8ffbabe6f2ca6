import type { Evidence } from '../Evidence';
import type { UnverifiedJws } from '../parseCompact';
import type { CustomAccess, JwksAccess, LegacyAccess } from './externalEntries';

/** What a method found out of a token. */
export interface ExternalCaller {
  readonly subject: string;
  readonly expiresAt?: Date;
  /** What this rests on, if it need not be found out each time. */
  readonly evidence?: Evidence;
}

/** A way to verify the tokens of one configured external caller. */
export interface ExternalMethod {
  readonly entry: LegacyAccess | JwksAccess | CustomAccess;

  /**
   * Verifies a token.
   *
   * @param token - as presented
   * @param jws - the same, parsed, if it is a JWS
   * @returns who is calling; undefined when the token is none of this caller's
   * @throws an error with a code when it looks like the caller's, and is refused or cannot be verified; it
   *   counts if no other method accepts the token
   */
  verify(token: string, jws: UnverifiedJws | undefined): Promise<ExternalCaller | undefined>;
}
