import type { RestrictedAccess } from '../accessRestrictions';
import type { Evidence } from '../Evidence';

/** What a plugin token proves; with restrictions, if it calls for a caller who has them. */
export interface PluginTokenProof extends Partial<RestrictedAccess> {
  /** The subject of the service that signed the token, `plugin:<id>`. */
  readonly subject: string;
  /** When the token expires; absent where a decorator does not say. */
  readonly expiresAt?: Date;
  /** The user on whose behalf it calls, as a token that is yet to be verified. */
  readonly limitedUserToken?: string;
  /** What this rests on; absent where a decorator says so, which is asked each time. */
  readonly evidence?: Evidence;
}
