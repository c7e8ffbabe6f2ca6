import type { AuthBackendOptions } from '../AuthBackend';
import { createAuthBackend } from '../createAuthBackend';
import { silentLogger } from './silentLogger';
import type { TokenExplanation } from './TokenExplanation';

/**
 * Says of any text what it is, who signed it, whether a plugin would accept it, and if not what to change.
 * The verdict is that of the code which `authenticate` runs.
 *
 * It writes no log line, reports no event, opens no database and issues nothing; key sets are fetched over the
 * network as a new process would. It is for operators: who may call it learns why a token is refused, so keep
 * it off public routes. In a running backend use {@link AuthBackend.explainToken}, which knows what that knows.
 *
 * @param token - a token, or what was copied with it: an `Authorization` header, a cookie
 * @param options - those of the backend; `pluginId`: the plugin to which the token is presented;
 *   `allowLimitedAccess`: as for `authenticate`, default false
 * @returns plain data without the token, signatures and secrets
 * @throws Error `AUTH_CONFIG_INVALID` when options or configuration are wrong; never for what the token is
 * @example
 * ```ts
 * const { verdict, advice } = await explainToken(token, { pluginId: 'catalog', discovery, config });
 * if (!verdict.accepted) console.log(verdict.code, verdict.reason, advice);
 * ```
 * @public
 */
export function explainToken(
  token: string,
  options: AuthBackendOptions & { pluginId: string; allowLimitedAccess?: boolean },
): Promise<TokenExplanation> {
  const { pluginId, allowLimitedAccess, ...backend } = options;
  const silent = { ...backend, logger: silentLogger, onAuthEvent: undefined };
  return createAuthBackend(silent).explainToken(token, { pluginId, allowLimitedAccess });
}
