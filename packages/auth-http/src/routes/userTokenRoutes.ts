import { NotFoundError } from '@backstage/errors';
import type { AuthEvent, AuthRequest, LoggerService } from '@stagepass/auth-node';
import {
  AuthRecorder,
  consoleLogger,
  createAuthError,
  createAuthMetrics,
  systemClock,
} from '@stagepass/auth-node/internal';
import { correlationIdOf } from '../core/correlationId';
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
 * @param options - `logger`: takes refusals, default standard error; `onAuthEvent`: called with them, as events of
 *   the plugin `auth`
 * @public
 */
export function userTokenRoutes(
  issuer: PublicUserTokenIssuer,
  options: { logger?: LoggerService; onAuthEvent?: (event: AuthEvent) => void } = {},
): Route[] {
  const recorder = new AuthRecorder({
    pluginId: 'auth',
    logger: options.logger ?? consoleLogger,
    clock: systemClock,
    onAuthEvent: options.onAuthEvent,
    metrics: createAuthMetrics(),
  });
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
        const userInfo = await getUserInfo(issuer, request).catch((error: unknown) => {
          throw recorder.refused(error, { correlationId: correlationIdOf(request) });
        });
        if (!userInfo) throw new NotFoundError('User info not found');
        return { status: 200, headers: {}, body: { claims: userInfo.claims } };
      },
    },
  ];
}

async function getUserInfo(issuer: PublicUserTokenIssuer, request: AuthRequest) {
  const token = extractToken(request);
  if (token === undefined) {
    throw createAuthError(
      'AUTH_CREDENTIALS_MISSING',
      'expected a user token as bearer, the request has no Authorization header',
      { message: 'No token provided' },
    );
  }
  return issuer.getUserInfo(token);
}
