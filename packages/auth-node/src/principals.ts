/**
 * A user: someone who signed in and whose user token, or a limited form of it, came with the call.
 *
 * Structurally Backstage's type of the same name.
 *
 * @public
 */
export type BackstageUserPrincipal = {
  type: 'user';
  /** Entity ref of the user, such as `user:default/jane`; exactly the `sub` of the user token. */
  userEntityRef: string;
  /** The plugin that called on behalf of the user; absent when the user called directly. */
  actor?: BackstageServicePrincipal;
};

/**
 * Nobody: a call that carried no credentials.
 *
 * @public
 */
export type BackstageNonePrincipal = {
  type: 'none';
};

/**
 * A service: a plugin of this backend, or an external caller that the configuration names.
 *
 * @public
 */
export type BackstageServicePrincipal = {
  type: 'service';
  /**
   * `plugin:<id>` for a plugin, otherwise the configured subject (JWKS callers: `external:<sub>`).
   * For logs and audit; do not branch on it.
   */
  subject: string;
  /** What this principal may do in the plugin that holds the credentials; absent means everything. */
  accessRestrictions?: BackstagePrincipalAccessRestrictions;
};

/**
 * What a restricted service principal may do in one plugin. An absent member restricts nothing.
 *
 * @public
 */
export type BackstagePrincipalAccessRestrictions = {
  /** The only permissions, by name, that it may use; at least one. */
  permissionNames?: string[];
  /** It may use only permissions that have these attributes. */
  permissionAttributes?: {
    /** Any of these actions; at least one. */
    action?: Array<'create' | 'read' | 'update' | 'delete'>;
  };
};

/**
 * The restrictions of a service principal in every plugin that it may call, by plugin id. A plugin
 * that is not in the map may not be called at all.
 *
 * @public
 */
export type AccessRestrictionsMap = Map<string, BackstagePrincipalAccessRestrictions>;

/**
 * The principal types by the name that `allow` and `isPrincipal` take.
 *
 * @public
 */
export type BackstagePrincipalTypes = {
  user: BackstageUserPrincipal;
  service: BackstageServicePrincipal;
  none: BackstageNonePrincipal;
  unknown: unknown;
};
