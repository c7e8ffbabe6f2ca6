import { fastifyAuth } from '@stagepass/auth-http/fastify';
import Fastify from 'fastify';

/** Serves the key set of the plugin, and behind the credentials barrier its handlers. */
export async function createServer({ auth, httpAuth, config, prefix, handlers }) {
  const policies = [{ path: '/health', allow: 'unauthenticated', exact: true }];
  const app = Fastify();
  await app.register(
    async plugin => {
      await plugin.register(fastifyAuth, { auth, httpAuth, config, policies });
      for (const [path, handler] of Object.entries(handlers)) plugin.get(path, handler);
      // Without it the server around answers for paths that are not there, before the barrier.
      plugin.setNotFoundHandler((_request, reply) => reply.code(404).send({}));
    },
    { prefix },
  );
  return {
    async listen(port) {
      await app.listen({ port });
      return app.server.address().port;
    },
    close: () => app.close(),
  };
}
