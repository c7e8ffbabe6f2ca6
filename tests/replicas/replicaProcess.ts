import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { type AuthBackend, createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService, Clock, DiscoveryService } from '@stagepass/auth-node';
import { systemClock } from '@stagepass/auth-node/internal';
import createKnex, { type Knex } from 'knex';
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
  /** Where these backends find plugins, by the first of their own; the others at the load balancer. */
  baseUrls?: Record<string, string>;
  /** The database of each plugin that has one. */
  databases: Record<string, ClientSettings>;
  /** What its clock shows; by default the time of the host. */
  time?: SkewedTime;
  /** How many times as long it waits for others, so that no busy machine decides a test; default once. */
  patience?: number;
}

/** Time that goes another way than that of the host: `speed` times as fast `since` a moment, and `ahead`. */
export interface SkewedTime {
  since: number;
  speed: number;
  ahead: number;
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
const backends: AuthBackend[] = [];
const clients: Knex[] = [];
const plugins = new Map<string, AuthService>();

/** Knex speaks to the console of every race that migrators run into. */
const quiet = { warn() {}, error() {}, deprecate() {}, debug() {} };

/** From here on a timer is one of patience, in milliseconds. */
const PATIENCE = 1_000;

function createClock(): Clock {
  const { time = { since: 0, speed: 1, ahead: 0 }, patience = 1 } = settings;
  const { since, speed, ahead } = time;
  return {
    ...systemClock,
    now: () => since + (Date.now() - since) * speed + ahead,
    setTimeout: (callback, milliseconds) =>
      systemClock.setTimeout(callback, milliseconds * (milliseconds < PATIENCE ? 1 : patience)),
  };
}

async function openPlugins(pluginIds: string[]): Promise<void> {
  const baseUrl = settings.baseUrls?.[pluginIds[0]!] ?? settings.baseUrl;
  const getBaseUrl = (pluginId: string) => Promise.resolve(`${baseUrl}/api/${pluginId}`);
  const discovery: DiscoveryService = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
  const backend = createAuthBackend({ discovery, logger, clock: createClock() });
  backends.push(backend);
  for (const pluginId of pluginIds) {
    if (!settings.databases[pluginId]) {
      plugins.set(pluginId, await backend.forPlugin(pluginId));
      continue;
    }
    const client = createKnex({ ...settings.databases[pluginId], log: quiet });
    clients.push(client);
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
    return { accepted: false, age, said: tell(error) };
  }
}

function tell(error: unknown): string {
  const { name, message, code, reason } = Object(error) as Record<string, unknown>;
  return JSON.stringify({ name, message, code, reason });
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
  if (pathname === '/verify') {
    const verdict = await verify(to, await readJson(req));
    if (searchParams.has('held')) await terminated;
    return verdict;
  }
  if (pathname === '/busy') return { requests: inFlight };
  const [, pluginId = ''] =
    /^\/api\/([^/]+)\/\.backstage\/auth\/v1\/jwks\.json$/.exec(pathname) ?? [];
  return plugins.get(pluginId)?.listPublicServiceKeys();
}

let inFlight = 0;
let draining = false;
/** What a request that is held waits for. */
const terminated = once(process, 'SIGTERM');

const server = createServer((req, res) => {
  inFlight += 1;
  res.on('close', () => (inFlight -= 1));
  const end = (status: number, text?: string) => {
    if (draining) res.setHeader('connection', 'close');
    res.writeHead(status).end(text);
  };
  answer(req).then(
    body => end(body ? 200 : 404, body && JSON.stringify(body)),
    error => end(500, tell(error)),
  );
});

// No connection is closed while a request may be on its way.
server.keepAliveTimeout = 0;

// Without the test there is nobody to serve.
const abandoned = () => process.exit();
process.on('disconnect', abandoned);

// As the guide for operators says; instead of some seconds it waits until the load balancer has noticed.
process.once('SIGTERM', () => {
  draining = true;
  process.once('message', () => void closeServer());
});

/** Closes what is idle. What has arrived on a connection is read before, so that this is none of them. */
async function closeServer(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
  server.close(() => void stop());
}

/** Closes what is open: the process ends because nothing holds it. */
async function stop(): Promise<void> {
  await Promise.all(backends.map(backend => backend.close()));
  await Promise.all(clients.map(client => client.destroy()));
  process.off('disconnect', abandoned);
  process.disconnect();
}

void (async () => {
  for (const pluginIds of settings.backends) await openPlugins(pluginIds);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  process.send?.({ port: (server.address() as AddressInfo).port });
})();
