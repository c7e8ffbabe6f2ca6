import { createServer as createHttpServer } from 'node:http';
import { answerError, createCredentialsBarrier, keySetRoutes } from '@stagepass/auth-http';

/** Serves the key set of the plugin, and behind the credentials barrier its handlers. */
export async function createServer({ auth, httpAuth, config, prefix, handlers }) {
  const barrier = createCredentialsBarrier({ httpAuth, config });
  barrier.addAuthPolicy({ path: '/health', allow: 'unauthenticated', exact: true });
  const [keySet] = keySetRoutes(auth);

  async function answer(request) {
    const [path] = request.url.split('?');
    const below = path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : '/';
    if (request.method === keySet.method && below === keySet.path) return keySet.handle(request);
    await barrier.admit(request, below);
    if (request.method !== 'GET' || !Object.hasOwn(handlers, below)) return { status: 404 };
    return { status: 200, body: await handlers[below](request) };
  }

  const server = createHttpServer(async (request, response) => {
    const { status, headers, body } = await answer(request).catch(
      error => answerError(error, request) ?? { status: 500 },
    );
    response.writeHead(status, { ...headers, 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  return {
    async listen(port) {
      await new Promise(resolve => server.listen(port, resolve));
      return server.address().port;
    },
    close: () => new Promise(resolve => server.close(resolve)),
  };
}
