import type { JsonObject } from '@backstage/types';
import type { AuthService } from '@stagepass/auth-node';
import type { Answer } from '../core/problem';
import { pluginRoutePrefix, type Route } from './Route';

/**
 * Returns the route by which other plugins get the public keys of this one,
 * `GET /.backstage/auth/v1/jwks.json`. It needs no credentials: mount it before the barrier.
 *
 * @param auth - the auth service of the plugin
 * @public
 */
export function keySetRoutes(auth: AuthService): Route[] {
  return [
    {
      method: 'GET',
      path: `${pluginRoutePrefix}/jwks.json`,
      async handle() {
        const { keys } = await auth.listPublicServiceKeys();
        return keySetAnswer(keys);
      },
    },
  ];
}

/**
 * Answers with a key set (RFC 7517 section 5). Caches must ask again each time: a set without the newest
 * key, or with a withdrawn one, makes verifiers err.
 */
export function keySetAnswer(keys: readonly object[]): Answer {
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-cache' },
    body: { keys: keys as JsonObject[] },
  };
}
