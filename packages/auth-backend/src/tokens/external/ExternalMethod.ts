import type { UnverifiedJws } from '../parseCompact';
import type { CustomAccess, JwksAccess, LegacyAccess } from './externalEntries';

/** A way to verify the tokens of one configured external caller. */
export interface ExternalMethod {
  readonly entry: LegacyAccess | JwksAccess | CustomAccess;

  /**
   * Verifies a token.
   *
   * @param token - as presented
   * @param jws - the same, parsed, if it is a JWS
   * @returns the subject, and when the token expires; undefined when the token is none of this caller's
   * @throws an error with a code when it looks like the caller's, and is refused or cannot be verified; it
   *   counts if no other method accepts the token
   */
  verify(
    token: string,
    jws: UnverifiedJws | undefined,
  ): Promise<{ subject: string; expiresAt?: Date } | undefined>;
}
