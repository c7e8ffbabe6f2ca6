import type { AuthRequest, AuthResponse } from '@stagepass/auth-node';
import type { Answer } from '../core/problem';

/**
 * An endpoint of the auth protocol, for an adapter to mount with the means of its framework.
 *
 * @public
 */
export interface Route {
  method: 'GET' | 'DELETE';
  /** Path below the plugin, without parameters. */
  path: string;
  /**
   * Answers a request; a rejection is for {@link answerError}.
   *
   * @param response - gets headers that the answer does not list, cookies among them; write the answer
   *   to the same response
   */
  handle(request: AuthRequest, response: AuthResponse): Promise<Answer>;
}

/** Path prefix of what every plugin serves. */
export const pluginRoutePrefix = '/.backstage/auth/v1';
