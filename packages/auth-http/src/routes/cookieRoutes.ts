import type { AuthService, HttpAuthService } from '@stagepass/auth-node';
import { pluginRoutePrefix, type Route } from './Route';

/**
 * Returns the routes by which a frontend gets and drops the auth cookie of the user whose bearer token it
 * sends: `GET` and `DELETE /.backstage/auth/v1/cookie`. Mount them behind the barrier.
 *
 * `GET` answers `{ expiresAt }`, ISO 8601; the cookie cannot renew itself. `DELETE` answers 204.
 *
 * @param options - `auth` and `httpAuth`: the services of the plugin
 * @public
 */
export function cookieRoutes(options: { auth: AuthService; httpAuth: HttpAuthService }): Route[] {
  const { auth, httpAuth } = options;
  const path = `${pluginRoutePrefix}/cookie`;
  return [
    {
      method: 'GET',
      path,
      async handle(_request, response) {
        const { expiresAt } = await httpAuth.issueUserCookie(response);
        return { status: 200, headers: {}, body: { expiresAt: expiresAt.toISOString() } };
      },
    },
    {
      method: 'DELETE',
      path,
      async handle(_request, response) {
        const credentials = await auth.getNoneCredentials();
        await httpAuth.issueUserCookie(response, { credentials });
        return { status: 204, headers: {} };
      },
    },
  ];
}
