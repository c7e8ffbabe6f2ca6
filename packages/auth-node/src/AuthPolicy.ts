/**
 * An exception to the default policy that every request needs user or service credentials.
 *
 * @public
 */
export interface HttpRouterServiceAuthPolicy {
  /**
   * Path below the plugin, in the grammar of path-to-regexp 8, such as `/files/:id`; it covers everything
   * below it too. `/` and `*` cover the whole plugin.
   */
  path: string;
  /** `unauthenticated`: no credentials are asked for; `user-cookie`: the auth cookie is accepted too. */
  allow: 'unauthenticated' | 'user-cookie';
}

/**
 * A {@link HttpRouterServiceAuthPolicy} that can be narrowed.
 *
 * @public
 */
export interface AuthPolicy extends HttpRouterServiceAuthPolicy {
  /** The HTTP methods that the policy covers; default all. `GET` includes `HEAD`. */
  methods?: string[];
  /** Cover only the path itself, nothing below it; default false. */
  exact?: boolean;
}
