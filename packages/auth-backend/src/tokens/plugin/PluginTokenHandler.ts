import type { AccessRestrictionsMap } from '@stagepass/auth-node';

/**
 * Verifies and issues plugin tokens, as a {@link PluginTokenHandlerDecorator} sees it.
 *
 * Structurally Backstage's type of the same name, which knows no `accessRestrictions`.
 *
 * @public
 */
export interface PluginTokenHandler {
  /**
   * Verifies a token, any token. Access restrictions that the presented token carries stay in force whatever is
   * made of the answer; a token with restrictions that was found inside another one is refused.
   *
   * @returns the subject of the service principal, `plugin:<id>`, and the token of the user on whose behalf
   *   it calls; undefined when it is no plugin token
   * @throws AuthenticationError when it is a plugin token that proves nothing
   */
  verifyToken(token: string): Promise<{ subject: string; limitedUserToken?: string } | undefined>;

  /**
   * Issues a token for one call.
   *
   * @param options - `pluginId`: who calls; `targetPluginId`: who is called; `onBehalfOf`: for whom, and until
   *   when that is proved; `accessRestrictions`: the limits of a restricted caller, which the token must carry
   *   as the default implementation writes them: who wraps that passes the options on whole
   */
  issueToken(options: {
    pluginId: string;
    targetPluginId: string;
    onBehalfOf?: { limitedUserToken: string; expiresAt: Date };
    accessRestrictions?: AccessRestrictionsMap;
  }): Promise<{ token: string }>;
}

/**
 * Puts something around the handling of plugin tokens, such as tokens of a service mesh. What it returns is
 * asked first for every token, and issues every token; answers are never remembered.
 *
 * @public
 */
export type PluginTokenHandlerDecorator = (
  defaultImplementation: PluginTokenHandler,
) => PluginTokenHandler;
