import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService, DiscoveryService } from '@stagepass/auth-node';
import createKnex from 'knex';
import type { ClientSettings } from '../databases/servers';
import { silentLogger as logger } from '../databases/silentLogger';
import { createBackstageAuthService } from '../interop/backstageClasses';

/** What the test tells a replica, as JSON in the environment variable `REPLICA`. */
export interface ReplicaSettings {
  implementation: 'ours' | 'theirs';
  /** Where the load balancer is. */
  baseUrl: string;
  /** The plugins of the replica in their backends, which know each other over HTTP alone. */
  backends: string[][];
  /** The database of each plugin. */
  databases: Record<string, ClientSettings>;
}

/** What a replica answers to a token that it was sent. */
export interface Verdict {
  accepted: boolean;
  /** How old the token was when it came, in milliseconds. */
  age: number;
  /** The caller, or why it was refused. */
  said: string;
}

const settings = JSON.parse(process.env.REPLICA ?? '') as ReplicaSettings;
const getBaseUrl = (pluginId: string) => Promise.resolve(`${settings.baseUrl}/api/${pluginId}`);
const discovery: DiscoveryService = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
const plugins = new Map<string, AuthService>();

/** Knex speaks to the console of every race that migrators run into. */
const quiet = { warn() {}, error() {}, deprecate() {}, debug() {} };

async function openPlugins(pluginIds: string[]): Promise<void> {
  const backend = createAuthBackend({ discovery, logger });
  for (const pluginId of pluginIds) {
    const client = createKnex({ ...settings.databases[pluginId], log: quiet });
    const service =
      settings.implementation === 'ours'
        ? await backend.forPlugin(pluginId, {
            database: { getClient: () => Promise.resolve(client) },
          })
        : await createBackstageAuthService({ pluginId, client, discovery, logger });
    plugins.set(pluginId, service);
  }
}

async function issue(from: string, to: string) {
  const service = plugins.get(from)!;
  const onBehalfOf = await service.getOwnServiceCredentials();
  const issuedAt = Date.now();
  const { token } = await service.getPluginRequestToken({ onBehalfOf, targetPluginId: to });
  return { token, issuedAt };
}

async function verify(to: string, { token, issuedAt }: { token: string; issuedAt: number }) {
  const age = Date.now() - issuedAt;
  try {
    return { accepted: true, age, said: String(await plugins.get(to)!.authenticate(token)) };
  } catch (error) {
    const { name, message, code, reason } = error as Record<string, unknown>;
    return { accepted: false, age, said: JSON.stringify({ name, message, code, reason }) };
  }
}

async function readJson(req: IncomingMessage): Promise<never> {
  let text = '';
  for await (const chunk of req) text += String(chunk);
  return JSON.parse(text) as never;
}

async function answer(req: IncomingMessage): Promise<object | undefined> {
  const { pathname, searchParams } = new URL(req.url ?? '', 'http://replica');
  const to = searchParams.get('to') ?? '';
  if (pathname === '/issue') return issue(searchParams.get('from') ?? '', to);
  if (pathname === '/verify') return verify(to, await readJson(req));
  const [, pluginId = ''] =
    /^\/api\/([^/]+)\/\.backstage\/auth\/v1\/jwks\.json$/.exec(pathname) ?? [];
  return plugins.get(pluginId)?.listPublicServiceKeys();
}

const server = createServer((req, res) => {
  answer(req).then(
    body => res.writeHead(body ? 200 : 404).end(body && JSON.stringify(body)),
    error => res.writeHead(500).end(String(error)),
  );
});

// No connection is closed while a request may be on its way.
server.keepAliveTimeout = 0;

void (async () => {
  for (const pluginIds of settings.backends) await openPlugins(pluginIds);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  process.send?.({ port: (server.address() as AddressInfo).port });
  // Without the test there is nobody to serve.
  process.on('disconnect', () => process.exit());
})();
