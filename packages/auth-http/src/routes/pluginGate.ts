import type { Config } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import type {
  AuthPolicy,
  AuthRequest,
  AuthResponse,
  AuthService,
  HttpAuthService,
} from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import { createCredentialsBarrier } from '../core/credentialsBarrier';
import { pathBelow } from '../core/pathBelow';
import type { Answer } from '../core/problem';
import { readRequestPath } from '../core/requestPath';
import { cookieRoutes } from './cookieRoutes';
import { keySetRoutes } from './keySetRoutes';
import type { Route } from './Route';

/**
 * What {@link createPluginGate} takes.
 *
 * @public
 */
export interface PluginGateOptions {
  /** The token service of the plugin. */
  auth: AuthService;
  /** The request service of the plugin. */
  httpAuth: HttpAuthService;
  /**
   * The whole configuration, of which `backend.auth.dangerouslyDisableDefaultAuthPolicy` is read: true lets
   * every request pass.
   */
  config?: Config | JsonObject;
  /** The paths that need no credentials, or less; see {@link PluginGate.addAuthPolicy} for more of them. */
  policies?: readonly AuthPolicy[];
  /**
   * Where the plugin is mounted, such as `/api/my-plugin`; default the root. What is not below it needs
   * credentials, whatever the policies say.
   */
  basePath?: string;
  /** Say true where the router behind ignores case; see {@link createCredentialsBarrier}. Default false. */
  caseInsensitive?: boolean;
}

/**
 * What stands before the handlers of one plugin: the key set, then the credentials barrier, then the cookie
 * routes.
 *
 * @public
 */
export interface PluginGate {
  /**
   * Answers the key set and the cookie routes, and lets every other request pass that is admitted.
   *
   * @param request - the request; `HEAD` is answered as `GET`
   * @param response - gets headers that the answer does not list; see {@link Route.handle}
   * @param target - the request target as received, with base path, and query if it has one
   * @returns what to send back, undefined if the request may pass
   * @throws AuthenticationError, NotAllowedError, ServiceUnavailableError when it may not; for
   *   {@link answerError}
   */
  handle(request: AuthRequest, response: AuthResponse, target: string): Promise<Answer | undefined>;
  /** Opens a path, see {@link CredentialsBarrier.addAuthPolicy}. */
  addAuthPolicy(policy: AuthPolicy): void;
}

/**
 * Makes what stands before the handlers of one plugin, for adapters to what has no router of its own.
 *
 * @param options - see {@link PluginGateOptions}
 * @throws Error `AUTH_CONFIG_INVALID` when the configuration, a policy or the base path cannot be used
 * @public
 */
export function createPluginGate(options: PluginGateOptions): PluginGate {
  const basePath = readBasePath(options.basePath);
  const barrier = createCredentialsBarrier(options);
  for (const policy of options.policies ?? []) barrier.addAuthPolicy(policy);
  const open = keySetRoutes(options.auth);
  const guarded = cookieRoutes(options);
  return {
    async handle(request, response, target) {
      const path = pathBelow(target, basePath);
      const keySet = findRoute(open, request, path);
      if (keySet) return keySet.handle(request, response);
      await barrier.admit(request, path);
      return findRoute(guarded, request, path)?.handle(request, response);
    },
    addAuthPolicy: policy => barrier.addAuthPolicy(policy),
  };
}

function findRoute(
  routes: readonly Route[],
  request: AuthRequest,
  path: string,
): Route | undefined {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  return routes.find(route => route.path === path && route.method === method);
}

function readBasePath(value: unknown = ''): string {
  const base = typeof value === 'string' ? value.replace(/\/$/, '') : undefined;
  if (base === '') return '';
  // A client writes the path as a whole, so that none of it may have two readings.
  if (base && !base.endsWith('/') && readRequestPath(base)?.length === 1) return base;
  throw createAuthError(
    'AUTH_CONFIG_INVALID',
    `basePath: expected a path such as "/api/my-plugin", found ${quote(value)}`,
  );
}
