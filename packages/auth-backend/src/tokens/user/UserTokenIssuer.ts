import type { JsonValue } from '@backstage/types';
import type { PublicJwk } from '@stagepass/auth-node';

/**
 * Signs users in: issues user tokens, publishes the keys that verify them, and remembers what was claimed
 * of each user. Made by {@link createUserTokenIssuer}.
 *
 * @public
 */
export interface UserTokenIssuer {
  /**
   * Issues a user token, and stores the claims as the user's record.
   *
   * @param params - `claims`: `sub`, the entity ref of the user; `ent`, the refs through which the user owns
   *   things, default the user alone; any other claim. `iss`, `aud`, `iat`, `exp` and `uip` are the issuer's
   *   to set, and win.
   * @returns the token, and when it expires
   * @throws InputError when `sub` is not an entity ref, `ent` not a list of texts, or the token would be
   *   longer than 32,768 characters
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when no signing key can be published
   */
  issueToken(params: {
    claims: { sub: string; ent?: string[]; [claim: string]: JsonValue | undefined };
  }): Promise<{ token: string; expiresAt: Date }>;

  /** Lists the public keys of all replicas, as they go under `/.well-known/jwks.json`. */
  listPublicKeys(): Promise<{ keys: PublicJwk[] }>;

  /**
   * Returns what was stored of the user at the last sign-in.
   *
   * @param token - a user token or limited user token of the user
   * @returns the record; undefined for a user who never signed in here
   * @throws AuthenticationError when the token proves no user
   * @throws InputError when the token is not a user's
   */
  getUserInfo(token: string): Promise<
    | {
        claims: { sub: string; ent: string[]; [claim: string]: JsonValue | undefined };
      }
    | undefined
  >;
}
