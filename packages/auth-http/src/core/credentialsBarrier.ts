import type { Config } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import type { AuthPolicy, AuthRequest, HttpAuthService } from '@stagepass/auth-node';
import { atOnce, isPending } from '@stagepass/auth-node/internal';
import { readHttpConfig } from './httpConfig';
import { addPolicy, decideAccess, type PolicyRule } from './pathPolicy';
import { PolicyIndex } from './PolicyIndex';

/**
 * The default auth policy of one plugin: every request needs user or service credentials, except where a
 * policy says otherwise.
 *
 * @public
 */
export interface CredentialsBarrier {
  /**
   * Resolves if the request may pass. On a path that is `unauthenticated` no header and no cookie is looked
   * at.
   *
   * @param request - the request; its `method` decides with the path
   * @param path - its path below the plugin, without query, exactly as the router will see it: neither
   *   decoded nor normalised
   * @throws AuthenticationError when credentials are missing, or prove nothing
   * @throws NotAllowedError when the credentials are not accepted here
   * @throws ServiceUnavailableError when that cannot be decided now
   */
  admit(request: AuthRequest, path: string): Promise<void>;

  /**
   * Does what `admit` does, without a promise where nobody has to be waited for, which takes an adapter less time.
   *
   * @returns undefined if the request may pass, or a promise as of `admit`
   * @throws what `admit` rejects with, where that is known at once
   */
  admitAtOnce(request: AuthRequest, path: string): Promise<void> | undefined;

  /**
   * Adds an exception, before or after the first request; the order makes no difference. Where several
   * policies match, the most specific one decides, and the stricter where none is. Whether `/public` is also
   * `/PUBLIC` or `/public/` is a matter of the router, so that each reading counts and the strictest wins.
   *
   * @throws Error `AUTH_CONFIG_INVALID` when the policy is malformed or contradicts another
   */
  addAuthPolicy(policy: AuthPolicy): void;
}

/**
 * Makes the credentials barrier of one plugin, for adapters to web frameworks.
 *
 * @param options - `httpAuth`: the request service of the plugin; `config`: the whole configuration, of
 *   which `backend.auth.dangerouslyDisableDefaultAuthPolicy` is read: true lets every request pass;
 *   `caseInsensitive`: say true where every router behind ignores case, so that `/PUBLIC` is as open as
 *   `/public`; default false
 * @throws Error `AUTH_CONFIG_INVALID` when that is no boolean
 * @public
 */
export function createCredentialsBarrier(options: {
  httpAuth: HttpAuthService;
  config?: Config | JsonObject;
  caseInsensitive?: boolean;
}): CredentialsBarrier {
  const { defaultPolicyDisabled } = readHttpConfig(options.config);
  let rules: readonly PolicyRule[] = [];
  let index = new PolicyIndex(rules);
  function admitAtOnce(request: AuthRequest, path: string): Promise<void> | undefined {
    if (defaultPolicyDisabled) return undefined;
    const access = decideAccess(index.rulesFor(path), request.method, path, options);
    if (access === 'unauthenticated') return undefined;
    const { httpAuth } = options;
    const credentials = atOnce(httpAuth.credentials).call(httpAuth, request, {
      allow: ['user', 'service'],
      allowLimitedAccess: access === 'user-cookie',
    });
    // What another service returns may be waited for and yet be no promise, whose `then` returns nothing.
    return isPending(credentials) ? Promise.resolve(credentials).then(() => {}) : undefined;
  }
  return {
    admitAtOnce,
    admit: async (request, path) => admitAtOnce(request, path),
    addAuthPolicy(policy) {
      rules = addPolicy(rules, policy);
      index = new PolicyIndex(rules);
    },
  };
}
