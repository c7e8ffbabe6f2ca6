import type { Config } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import type { AuthPolicy, AuthResponse, AuthService, HttpAuthService } from '@stagepass/auth-node';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import {
  type Answer,
  answerError,
  asError,
  cookieRoutes,
  createCredentialsBarrier,
  keySetRoutes,
  pathBelow,
  type Route,
  writeHeaders,
} from '../index';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Opens a path of the plugin, before or after the first request; there where `fastifyAuth` is registered,
     * and below. See `CredentialsBarrier.addAuthPolicy` of `@stagepass/auth-http`.
     */
    addAuthPolicy(policy: AuthPolicy): void;
  }
}

/**
 * What {@link fastifyAuth} takes.
 *
 * @public
 */
export interface FastifyAuthOptions {
  /** The token service of the plugin. */
  auth: AuthService;
  /** The request service of the plugin. */
  httpAuth: HttpAuthService;
  /**
   * The whole configuration, of which `backend.auth.dangerouslyDisableDefaultAuthPolicy` is read: true lets
   * every request pass.
   */
  config?: Config | JsonObject;
  /** The paths, below the prefix, that need no credentials, or less; `addAuthPolicy` adds more of them. */
  policies?: readonly AuthPolicy[];
}

/**
 * Puts the key set, the credentials barrier and the cookie routes before the routes of the scope in which it is
 * registered, and of the scopes in that one: register it in the scope of your plugin, whose prefix is where the
 * plugin is mounted. Scopes outside do not know of it.
 *
 * The barrier is an `onRequest` hook. It looks at the path that the router saw, after `rewriteUrl`, in every
 * reading that a router may have; of case only where the server was made with `caseSensitive: false`. It answers
 * what it refuses; {@link authErrorHandler} answers what handlers refuse. Not found handlers of the scope are
 * behind it too. Under a prefix with parameters no policy opens anything.
 *
 * @throws Error `AUTH_CONFIG_INVALID`, when the server gets ready, if the configuration or a policy cannot be
 *   used
 * @public
 */
export const fastifyAuth: FastifyPluginAsync<FastifyAuthOptions> = async (scope, options) => {
  const barrier = createCredentialsBarrier({ ...options, caseInsensitive: ignoresCase(scope) });
  for (const policy of options.policies ?? []) barrier.addAuthPolicy(policy);
  scope.decorate('addAuthPolicy', policy => barrier.addAuthPolicy(policy));
  scope.setErrorHandler(authErrorHandler);

  // Fastify joins `/api/` and `/items` as it does `/api` and `/items`.
  const prefix = scope.prefix.replace(/\/$/, '');
  const pathOf = (url = '') => (/[:*]/.test(prefix) ? '' : pathBelow(url, prefix));
  mount(scope, keySetRoutes(options.auth), { [open]: true });
  scope.addHook('onRequest', async (request, reply) => {
    if (isOpen(request)) return;
    try {
      await barrier.admit(request, pathOf(request.raw.url));
    } catch (error) {
      return refuse(error, request, reply);
    }
  });
  mount(scope, cookieRoutes(options));
};

// What `fastify-plugin` does: the barrier stands in the scope that registers it, not in one of its own.
Object.assign(fastifyAuth, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@stagepass/auth-http/fastify',
});

/**
 * Answers refusals with status, `WWW-Authenticate` (RFC 6750 section 3) or `Retry-After`, and Backstage's error
 * body; see {@link answerError}. Other errors go on to the error handler of the scope around. {@link fastifyAuth}
 * sets it; where you set your own, throw to it what you do not answer.
 *
 * @param error - whatever was thrown
 * @param request - the request, of which the body names method and path
 * @param reply - gets the answer
 * @throws the error, if it is for someone else to answer
 * @public
 */
export function authErrorHandler(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  return refuse(error, request, reply);
}

/**
 * Returns a reply as `HttpAuthService.issueUserCookie` takes it. The headers are added to those that the reply has;
 * those that are set on `reply.raw` are lost where the reply has one of the same name.
 *
 * @param reply - gets the headers; its request names the caller
 * @public
 */
export function authResponse(reply: FastifyReply): AuthResponse {
  return {
    req: reply.request,
    headersSent: reply.sent,
    getHeader: name => reply.getHeader(name),
    // `header` alone would add cookies to those that are there.
    setHeader: (name, value) => reply.removeHeader(name).header(name, value),
  };
}

/** Marks the routes that stand before the barrier. */
const open = Symbol('open');

function isOpen({ routeOptions }: FastifyRequest): boolean {
  return Object.hasOwn(routeOptions.config, open);
}

function mount(scope: FastifyInstance, routes: readonly Route[], config = {}): void {
  for (const { method, path, handle } of routes) {
    scope.route({
      method,
      url: path,
      config,
      async handler(request, reply) {
        let answer: Answer;
        try {
          answer = await handle(request, authResponse(reply));
        } catch (error) {
          return refuse(error, request, reply);
        }
        return send(reply, answer);
      },
    });
  }
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { url } = request.raw;
  const answer = reply.sent ? undefined : answerError(error, { method: request.method, url });
  if (!answer) throw asError(error);
  return send(reply, answer);
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  const { status, body } = answer;
  writeHeaders(authResponse(reply.code(status)), answer);
  if (!body) return reply.send();
  // As text, since the serializers of the scope are for the answers of its handlers.
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** Fastify 5.0 has the options of the router among those of the server, later ones have both. */
function ignoresCase({ initialConfig }: FastifyInstance): boolean {
  const { routerOptions } = initialConfig as { routerOptions?: { caseSensitive?: boolean } };
  return (routerOptions?.caseSensitive ?? initialConfig.caseSensitive) === false;
}
