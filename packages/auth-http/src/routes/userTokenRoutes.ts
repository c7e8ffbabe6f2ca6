import { NotFoundError } from '@backstage/errors';
import { createAuthError } from '@stagepass/auth-node/internal';
import { extractToken } from '../core/extractToken';
import { preventCaching } from '../core/responseHeaders';
import { keySetAnswer } from './keySetRoutes';
import type { Route } from './Route';

/**
 * The part of the issuer of user tokens that is served over HTTP.
 *
 * @public
 */
export interface PublicUserTokenIssuer {
  /** Returns the public keys (RFC 7517) that verify the user tokens. */
  listPublicKeys(): Promise<{ keys: object[] }>;
  /**
   * Returns what is stored of the user whom a user token, or a limited one, proves; undefined if the user
   * is not known.
   *
   * @throws AuthenticationError when the token proves nothing
   * @throws InputError when it is not a user's
   */
  getUserInfo(token: string): Promise<{ claims: { sub: string; ent: string[] } } | undefined>;
}

/**
 * Returns the routes of the plugin that signs users in: `GET /.well-known/jwks.json`, the keys that verify
 * user tokens, and `GET /v1/userinfo`, which answers the bearer of a user token, or a limited one, with
 * `{ claims: { sub, ent } }` as of the last sign-in. They check credentials themselves: mount them before
 * the barrier.
 *
 * @param issuer - what signs users in, as `createUserTokenIssuer` of auth-backend makes it
 * @public
 */
export function userTokenRoutes(issuer: PublicUserTokenIssuer): Route[] {
  return [
    {
      method: 'GET',
      path: '/.well-known/jwks.json',
      async handle() {
        const { keys } = await issuer.listPublicKeys();
        return keySetAnswer(keys);
      },
    },
    {
      method: 'GET',
      path: '/v1/userinfo',
      async handle(request, response) {
        preventCaching(response);
        const token = extractToken(request);
        if (token === undefined) {
          throw createAuthError(
            'AUTH_CREDENTIALS_MISSING',
            'expected a user token as bearer, the request has no Authorization header',
            { message: 'No token provided' },
          );
        }
        const userInfo = await issuer.getUserInfo(token);
        if (!userInfo) throw new NotFoundError('User info not found');
        return { status: 200, headers: {}, body: { claims: userInfo.claims } };
      },
    },
  ];
}
