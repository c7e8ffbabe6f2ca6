import { fastifyAuth } from '@stagepass/auth-http/fastify';
import type { AuthPolicy } from '@stagepass/auth-node';
import fastify, { type FastifyServerOptions } from 'fastify';
import { portOf, sendRaw } from '../../packages/auth-http/src/testing/rawRequest';
import { answerAs, prepare, routes, type StartPlugin } from './plugin';

/** Makes the plugin on Fastify; the server may have further options. */
export function onFastify(server: FastifyServerOptions = {}): StartPlugin {
  return async options => {
    const { auth, httpAuth, config, policies, basePath, lenientRouter } = prepare(options);
    const app = fastify({
      routerOptions: { caseSensitive: !lenientRouter, ignoreTrailingSlash: lenientRouter },
      ...server,
    });
    let addAuthPolicy: (policy: AuthPolicy) => void = () => undefined;
    await app.register(
      async plugin => {
        plugin.addHook('onRequest', async (_request, reply) => {
          reply.header('Set-Cookie', 'theme=dark');
        });
        await plugin.register(fastifyAuth, { auth, httpAuth, config, policies });
        addAuthPolicy = policy => plugin.addAuthPolicy(policy);
        const serve = (path: string, handler: string) =>
          plugin.all(path, request => answerAs(handler, httpAuth, request));
        for (const { handler, path, andBelow } of routes) {
          serve(path, handler);
          if (andBelow) serve(`${path}/*`, handler);
        }
        serve('/', 'private');
        serve('/*', 'private');
      },
      { prefix: basePath },
    );
    await app.listen({ port: 0, host: '127.0.0.1' });
    return {
      auth,
      port: portOf(app.server),
      addAuthPolicy,
      send: (...lines) => sendRaw(app.server, ...lines),
      stop: () => app.close(),
    };
  };
}
