import { createServer } from 'node:http';

/**
 * Starts a loopback server that publishes key sets where a backend of plugins does: `plugins` by plugin id,
 * `users` those for user tokens. Each is a function, asked at each request.
 */
export async function startKeySetServer() {
  const plugins = new Map();
  const keySets = { plugins, users: async () => ({ keys: [] }), discovery: undefined, close };
  const server = createServer(async (req, res) => {
    const [, pluginId] =
      /^\/api\/([^/]+)\/\.backstage\/auth\/v1\/jwks\.json$/.exec(req.url ?? '') ?? [];
    const list =
      req.url === '/api/auth/.well-known/jwks.json' ? keySets.users : plugins.get(pluginId);
    if (!list) {
      res.writeHead(404).end();
      return;
    }
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await list()));
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const getBaseUrl = async pluginId => `http://127.0.0.1:${port}/api/${pluginId}`;
  keySets.discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
  return keySets;

  function close() {
    server.closeAllConnections();
    server.close();
  }
}
