import type { Config } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import type {
  AuthEvent,
  AuthService,
  Clock,
  DiscoveryService,
  LoggerService,
  UserInfoService,
} from '@stagepass/auth-node';
import type { TokenExplanation } from './explain/TokenExplanation';
import type { KnexClient, PluginDatabase } from './keys/sqlTables';
import type { ExternalTokenHandler } from './tokens/external/ExternalTokenHandler';
import type { PluginTokenHandlerDecorator } from './tokens/plugin/PluginTokenHandler';
import type { UserTokenIssuer } from './tokens/user/UserTokenIssuer';

/**
 * What {@link createAuthBackend} takes. Only `discovery` is needed, and that can come with each plugin.
 *
 * @public
 */
export interface AuthBackendOptions {
  /** Tells where plugins publish their keys. */
  discovery?: DiscoveryService;
  /** A Backstage config, or a plain object of the same shape; `backend.auth` of it is read. */
  config?: Config | JsonObject;
  /** Default: warnings and errors to standard error. */
  logger?: LoggerService;
  /** The issuer of user tokens, when the auth plugin runs in this process: its keys without HTTP. */
  userTokenIssuer?: UserTokenIssuer;
  /**
   * Called with what happens at the plugins, each time, for an audit trail; what it throws is logged. Give
   * the same to `createHttpAuthService`, which refuses requests before there is a token to look at.
   */
  onAuthEvent?: (event: AuthEvent) => void;
  /**
   * Where plugins publish their keys for the other replicas, each in a database of its own. Without it keys
   * live in memory, which is enough for one process whose tokens may die with it.
   */
  database?: {
    getClient(pluginId: string): Promise<KnexClient>;
    migrations?: { skip?: boolean };
  };
  /** Methods by which external callers present themselves, beside the built-in ones. */
  externalTokenHandlers?: ExternalTokenHandler<unknown>[];
  /**
   * How much of what tokens proved, and of tokens that were issued, is remembered by all plugins of the process
   * together: `maxEntries`, default 10,000, and `maxBytes`, default 16 MiB. What is remembered is used only as long
   * as it would be found out again. False: nothing is.
   */
  cache?: false | { maxEntries?: number; maxBytes?: number };
  /** For tests. */
  clock?: Clock;
  /** For tests. */
  fetch?: typeof fetch;
}

/**
 * What a plugin may bring of its own, in place of what the backend was made with.
 *
 * @public
 */
export interface PluginAuthOptions {
  /** Instead of the backend's. */
  discovery?: DiscoveryService;
  /** Instead of the backend's. */
  logger?: LoggerService;
  /** The database of this plugin. */
  database?: PluginDatabase;
  /** Beside the backend's. */
  externalTokenHandlers?: ExternalTokenHandler<unknown>[];
  /** Around the handling of plugin tokens. */
  pluginTokenHandlerDecorator?: PluginTokenHandlerDecorator;
}

/**
 * The auth services of the plugins of one process, and what they share. Made by {@link createAuthBackend}.
 *
 * @public
 */
export interface AuthBackend {
  /**
   * Returns the auth service of a plugin, always the same for the same id. Its first signing key is
   * published when the promise resolves.
   *
   * @param pluginId - letters, digits, `-` and `_`
   * @param options - what the plugin brings of its own; read at the first call for the id
   * @throws Error `AUTH_CONFIG_INVALID` when id, options or configuration are wrong
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when the first key cannot be published; the next
   *   call tries again
   */
  forPlugin(pluginId: string, options?: PluginAuthOptions): Promise<AuthService>;

  /**
   * Returns a user info service. All of the process share their answers.
   *
   * @param options - `discovery`: who knows where the auth plugin is reached, instead of the backend's;
   *   `pluginId`: who asks, for log and audit, default `auth`, whose records they are; `logger`: instead of
   *   the backend's
   */
  userInfo(options?: {
    discovery?: DiscoveryService;
    pluginId?: string;
    logger?: LoggerService;
  }): UserInfoService;

  /**
   * Says of any text what it is, who signed it, whether a plugin would accept it now, and if not what to
   * change. The verdict is that of the code which `authenticate` runs, with what this backend knows.
   *
   * It writes no log line, reports no event and opens no database. Handlers and decorators of others are asked
   * as for any token. It has key sets of its own, which begin with what this backend knows: what they ask takes
   * nothing from the callers of this backend, all explanations together may make 20 requests at once and one
   * more each second, and nothing that they learn is believed by this backend. Keep it off public routes: who
   * may call it learns why a token is refused.
   *
   * @param token - a token, or what was copied with it: an `Authorization` header, a cookie
   * @param options - `pluginId`: the plugin to which the token is presented, with what it brought to
   *   `forPlugin`, if it was opened; `allowLimitedAccess`: as for `authenticate`, default false
   * @throws Error `AUTH_CONFIG_INVALID` when the id, or the configuration for the plugin, is wrong
   */
  explainToken(
    token: string,
    options: { pluginId: string; allowLimitedAccess?: boolean },
  ): Promise<TokenExplanation>;

  /**
   * Ends the backend: no plugin can be added any more, requests to other hosts that are under way end, and
   * refusals that were only counted so far are told to the log. Nothing holds the process then; there is
   * nothing to wait for.
   */
  close(): Promise<void>;
}
