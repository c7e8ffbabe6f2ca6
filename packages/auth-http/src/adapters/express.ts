import type { Config } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import type {
  AuthEvent,
  AuthPolicy,
  AuthService,
  HttpAuthService,
  LoggerService,
} from '@stagepass/auth-node';
import { type ErrorRequestHandler, type RequestHandler, type Response, Router } from 'express';
import {
  type Answer,
  answerError,
  asError,
  cookieRoutes,
  createCredentialsBarrier,
  keySetRoutes,
  type PublicUserTokenIssuer,
  type Route,
  userTokenRoutes,
  writeHeaders,
} from '../index';

/**
 * Makes the router that stands before the handlers of a plugin: the key set, then the credentials barrier,
 * then the cookie routes. Mount it first in the plugin, the handlers behind it, and
 * {@link authErrorHandler} last, which answers what the barrier refuses.
 *
 * @param options - `auth` and `httpAuth`: the services of the plugin; `config`: the whole configuration, of
 *   which `backend.auth.dangerouslyDisableDefaultAuthPolicy` is read; `beforeBarrier`: what stands between
 *   the key set, which other plugins need at any time, and the barrier, such as a wait until the plugin is
 *   ready; `caseInsensitive`: say true where no router of the plugin has `caseSensitive`, so that policies
 *   match without regard to case, as the routers do. What the routers do cannot be seen from here: default false
 * @returns the router, and `addAuthPolicy`, which opens paths of the plugin: see
 *   {@link CredentialsBarrier.addAuthPolicy}
 * @throws Error `AUTH_CONFIG_INVALID` when the configuration cannot be used
 * @public
 */
export function createPluginRouter(options: {
  auth: AuthService;
  httpAuth: HttpAuthService;
  config?: Config | JsonObject;
  beforeBarrier?: RequestHandler;
  caseInsensitive?: boolean;
}): { router: Router; addAuthPolicy(policy: AuthPolicy): void } {
  const barrier = createCredentialsBarrier(options);
  const { beforeBarrier } = options;
  const admit: RequestHandler = (req, _res, next) => {
    let admission: Promise<void> | undefined;
    try {
      // `req.path` is below the mount point and as received, as the handlers behind will match it.
      admission = barrier.admitAtOnce(req, req.path);
    } catch (error) {
      next(asError(error));
      return;
    }
    if (!admission) {
      next();
      return;
    }
    admission.then(
      () => next(),
      error => next(asError(error)),
    );
  };
  const guards = beforeBarrier ? [beforeBarrier, admit] : [admit];
  const protocol = Router();
  mount(protocol, keySetRoutes(options.auth));
  protocol.use(...guards);
  mount(protocol, cookieRoutes(options));
  // A router of its own knows what `beforeBarrier` may do: throw, reject, or pass on 'route', which is the barrier.
  const others = beforeBarrier ? Router().use(...guards) : admit;
  const router = Router();
  router.use((req, res, next) => {
    // All routes of the protocol begin so, in any router's reading. To try one after the other takes as long as the
    // rest of a request, and hardly one is for them.
    const handle = req.path.startsWith('/.') ? protocol : others;
    handle(req, res, next);
  });
  return { router, addAuthPolicy: policy => barrier.addAuthPolicy(policy) };
}

/**
 * Makes the router of the plugin that signs users in: `/.well-known/jwks.json` and `/v1/userinfo`, see
 * {@link userTokenRoutes}. It answers its own refusals.
 *
 * @param options - `issuer`: what signs users in, as `createUserTokenIssuer` of auth-backend makes it;
 *   `logger` and `onAuthEvent`: who is told of refusals
 * @public
 */
export function createUserTokenRouter(options: {
  issuer: PublicUserTokenIssuer;
  logger?: LoggerService;
  onAuthEvent?: (event: AuthEvent) => void;
}): Router {
  const router = Router();
  mount(router, userTokenRoutes(options.issuer, options));
  router.use(authErrorHandler());
  return router;
}

/**
 * Makes the error handler that answers refusals with status, `WWW-Authenticate` (RFC 6750 section 3) or
 * `Retry-After`, and Backstage's error body; see {@link answerError}. Other errors, and errors of a
 * response that has begun, go on to the next error handler.
 *
 * @public
 */
export function authErrorHandler(): ErrorRequestHandler {
  return (error, req, res, next) => {
    const answer = res.headersSent ? undefined : answerError(error, req);
    if (answer) send(res, answer);
    else next(error);
  };
}

/**
 * Makes the error handler that gives refusals their `WWW-Authenticate` (RFC 6750 section 3) or `Retry-After`, and
 * drops a dead auth cookie, and leaves the rest of the answer to the next error handler.
 *
 * @public
 */
export function authChallengeHandler(): ErrorRequestHandler {
  return (error, req, res, next) => {
    const answer = res.headersSent ? undefined : answerError(error, req);
    if (answer) writeHeaders(res, answer);
    next(error);
  };
}

function mount(router: Router, routes: readonly Route[]): void {
  for (const { method, path, handle } of routes) {
    router[method === 'GET' ? 'get' : 'delete'](path, (req, res, next) => {
      handle(req, res)
        .then(answer => send(res, answer))
        .catch(error => next(asError(error)));
    });
  }
}

function send(res: Response, answer: Answer): void {
  const { status, body } = answer;
  writeHeaders(res.status(status), answer);
  if (body) res.json(body);
  else res.end();
}
