import {
  createLifecycleMiddleware,
  createRateLimitMiddleware,
} from '@backstage/backend-defaults/httpRouter';
import { MiddlewareFactory } from '@backstage/backend-defaults/rootHttpRouter';
import {
  coreServices,
  createServiceFactory,
  type HttpAuthService,
  type HttpRouterService,
  type ServiceFactory,
} from '@backstage/backend-plugin-api';
import { asError, createHttpAuthService } from '@stagepass/auth-http';
import { authChallengeHandler, createPluginRouter } from '@stagepass/auth-http/express';
import {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';

/**
 * Makes the request service of each plugin of a Backstage backend, in place of Backstage's own. Read from the
 * configuration are `backend.auth.dangerouslyDisableDefaultAuthPolicy`, `backend.auth.cookie` and
 * `backend.cors.origin`, see `createHttpAuthService`.
 *
 * @throws Error `AUTH_CONFIG_INVALID` at start, when the configuration is wrong
 * @public
 */
export const httpAuthServiceFactory: ServiceFactory<HttpAuthService, 'plugin', 'singleton'> =
  createServiceFactory({
    service: coreServices.httpAuth,
    deps: {
      auth: coreServices.auth,
      discovery: coreServices.discovery,
      plugin: coreServices.pluginMetadata,
      config: coreServices.rootConfig,
      logger: coreServices.logger,
      lifecycle: coreServices.lifecycle,
    },
    factory({ plugin, lifecycle, ...services }) {
      const httpAuth = createHttpAuthService({ ...services, pluginId: plugin.getId() });
      lifecycle.addShutdownHook(() => httpAuth.close());
      return httpAuth;
    },
  });

/**
 * Makes the router of each plugin of a Backstage backend, in place of Backstage's own, at `/api/<pluginId>`:
 * the rate limit, the key set, the wait until the plugin has started, the credentials barrier, the cookie
 * routes, the plugin's handlers, and Backstage's error handler. Also a plugin without handlers has one, since
 * others need its keys.
 *
 * What it adds are the strict path policies of {@link AuthPolicy} (`methods` and `exact` among them), and
 * `WWW-Authenticate` and `Retry-After` on refusals.
 *
 * @throws Error `AUTH_CONFIG_INVALID` at start, when the configuration is wrong
 * @public
 */
export const httpRouterServiceFactory: ServiceFactory<HttpRouterService, 'plugin', 'singleton'> =
  createServiceFactory({
    service: coreServices.httpRouter,
    initialization: 'always',
    deps: {
      plugin: coreServices.pluginMetadata,
      config: coreServices.rootConfig,
      logger: coreServices.logger,
      lifecycle: coreServices.lifecycle,
      rootHttpRouter: coreServices.rootHttpRouter,
      auth: coreServices.auth,
      httpAuth: coreServices.httpAuth,
    },
    factory({ plugin, config, logger, lifecycle, rootHttpRouter, auth, httpAuth }) {
      const pluginId = plugin.getId();
      const { router, addAuthPolicy } = createPluginRouter({
        auth,
        httpAuth,
        config,
        caseInsensitive: true, // Backstage's rule, and that of the routers here.
        beforeBarrier: handlerOf(createLifecycleMiddleware({ config, lifecycle })),
      });
      const handlers = Router();
      const root = Router();
      root.use(handlerOf(createRateLimitMiddleware({ pluginId, config })));
      root.use(router);
      root.use(handlers);
      root.use(authChallengeHandler());
      root.use(handlerOf(MiddlewareFactory.create({ config, logger }).error()));
      rootHttpRouter.use(`/api/${pluginId}`, handlerOf(root) as never);
      return {
        use: handler => void handlers.use([handler].flat().map(awaited)),
        addAuthPolicy,
      };
    },
  });

/** Backstage's types are those of Express 4; at run time a handler is one under every Express. */
function handlerOf(handler: unknown): RequestHandler {
  return handler as RequestHandler;
}

type Next = (reason?: unknown) => void;

/** Plugins give async handlers too, for which Express 4 does not wait; of error handlers it knows by their arity. */
function awaited(handler: unknown): RequestHandler | ErrorRequestHandler {
  const call = handler as (...args: unknown[]) => unknown;
  return call.length === 4
    ? (error: unknown, req: Request, res: Response, next: Next) =>
        settle(() => call(error, req, res, next), next)
    : (req: Request, res: Response, next: Next) => settle(() => call(req, res, next), next);
}

function settle(work: () => unknown, next: Next): void {
  (async () => work())().then(
    result => {
      // What Backstage's router lets a handler say instead of calling `next`.
      if (result === 'next') next();
      else if (result === 'route') next('route');
    },
    error => next(asError(error)),
  );
}
