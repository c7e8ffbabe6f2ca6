import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A loopback server that publishes key sets where a backend of plugins does. */
export interface KeySetServer {
  readonly discovery: {
    getBaseUrl(pluginId: string): Promise<string>;
    getExternalBaseUrl(pluginId: string): Promise<string>;
  };
  /** The keys of plugins, by id. */
  readonly plugins: Map<string, () => Promise<{ keys: object[] }>>;
  /** The keys for user tokens. */
  users: () => Promise<{ keys: object[] }>;
  close(): Promise<void>;
}

/** Starts a {@link KeySetServer} that publishes nothing yet. */
export async function startKeySetServer(): Promise<KeySetServer> {
  const plugins: KeySetServer['plugins'] = new Map();
  const empty = () => Promise.resolve({ keys: [] });
  const server = createServer((req, res) => {
    const [, pluginId = ''] =
      /^\/api\/([^/]+)\/\.backstage\/auth\/v1\/jwks\.json$/.exec(req.url ?? '') ?? [];
    const list =
      req.url === '/api/auth/.well-known/jwks.json' ? keySets.users : plugins.get(pluginId);
    if (!list) {
      res.writeHead(404).end();
      return;
    }
    list().then(
      keys => res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(keys)),
      () => res.writeHead(500).end(),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const getBaseUrl = (pluginId: string) =>
    Promise.resolve(`http://127.0.0.1:${port}/api/${pluginId}`);
  const keySets: KeySetServer = {
    discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
    plugins,
    users: empty,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return keySets;
}
