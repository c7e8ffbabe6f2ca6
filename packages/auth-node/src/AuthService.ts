import type { JsonObject } from '@backstage/types';
import type { BackstageCredentials } from './credentials';
import type {
  BackstageNonePrincipal,
  BackstagePrincipalTypes,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
} from './principals';

/**
 * Turns tokens into credentials and credentials into tokens, for one plugin.
 *
 * Assignable in both directions to Backstage's interface of the same name.
 *
 * @public
 */
export interface AuthService {
  /**
   * Verifies a token and returns the credentials that it proves.
   *
   * @param token - what came as bearer: a plugin, user or external token
   * @param options - `allowLimitedAccess`: accept a limited user token (as in a cookie) too; default false;
   *   `correlationId`: names the request for log and audit, where an implementation records that
   * @throws AuthenticationError when the token proves nothing; its `code` says why
   * @throws NotAllowedError `AUTH_ACCESS_RESTRICTED` when the token may not be used at this plugin
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when the keys to decide cannot be had now
   */
  authenticate(
    token: string,
    options?: { allowLimitedAccess?: boolean; correlationId?: string },
  ): Promise<BackstageCredentials>;

  /** Tells whether credentials hold a principal of the given type, and narrows their type. */
  isPrincipal<TType extends keyof BackstagePrincipalTypes>(
    credentials: BackstageCredentials,
    type: TType,
  ): credentials is BackstageCredentials<BackstagePrincipalTypes[TType]>;

  /** Returns credentials of a caller who presented none. */
  getNoneCredentials(): Promise<BackstageCredentials<BackstageNonePrincipal>>;

  /** Returns credentials of this plugin itself, `plugin:<id>`. */
  getOwnServiceCredentials(): Promise<BackstageCredentials<BackstageServicePrincipal>>;

  /**
   * Issues a token for one call to another plugin. Ask again before each call; do not store it.
   *
   * @param options - `onBehalfOf`: who the call is made for, this plugin itself or the caller of the
   *   current request; `targetPluginId`: id of the plugin to be called
   * @returns the bearer token; the empty string for `none` credentials where the default policy is off
   * @throws InputError when `targetPluginId` is not a plugin id
   * @throws AuthenticationError when nothing can be issued for these credentials
   * @throws NotAllowedError `AUTH_DELEGATION_NOT_ALLOWED` when access restrictions forbid the call
   */
  getPluginRequestToken(options: {
    onBehalfOf: BackstageCredentials;
    targetPluginId: string;
  }): Promise<{ token: string }>;

  /**
   * Returns the limited user token of a user: it proves the same user until the same time, and is
   * accepted only where limited access is allowed.
   *
   * @throws AuthenticationError when the credentials are not a user's, or cannot be limited
   */
  getLimitedUserToken(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<{ token: string; expiresAt: Date }>;

  /** Returns the public keys (RFC 7517) that verify the plugin tokens which this plugin issues. */
  listPublicServiceKeys(): Promise<{ keys: JsonObject[] }>;
}
