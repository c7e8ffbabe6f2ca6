import type { JsonObject } from '@backstage/types';
import { createAuthBackend } from '@stagepass/auth-backend';
import { createHttpAuthService } from '@stagepass/auth-http';
import { authErrorHandler, createPluginRouter } from '@stagepass/auth-http/express';
import type { AuthService, DiscoveryService, HttpAuthService } from '@stagepass/auth-node';
import { systemClock } from '@stagepass/auth-node/internal';
import { TestClock } from '@stagepass/auth-test-utils';
import express, { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import type { AddressInfo } from 'node:net';
import { isPermitted } from '../../examples/standalone/src/plugins/permissions';
import { silentLogger as logger } from '../databases/silentLogger';
import { createTheirAuth, createTheirHttpAuth } from '../differential/theirs';
import { Meter } from './Meter';
import { theirKeySource } from './theirKeySource';

/** What the test tells the process of a plugin, as JSON in the environment variable `PLUGIN`. */
export interface PluginSettings {
  pluginId: string;
  implementation: 'ours' | 'theirs';
  config: JsonObject;
  /**
   * The time at which its clock stands, in milliseconds since the epoch; without it, and for Backstage, the
   * clock of the host.
   */
  now?: number;
}

/** What the test may say later on: where the plugins are, how far the clock goes ahead, or to measure. */
export type Instruction = { ports: Record<string, number> } | { advance: number } | 'measure';

/** What a plugin made of the call that reached it, or how it answered when it refused. */
export type Hop =
  | { plugin: string; caller: string; may: string[] }
  | { plugin: string; status: number; message: string };

/** What plugins let callers do here. */
const permissions = [
  { name: 'thing.create', action: 'create' },
  { name: 'thing.read', action: 'read' },
  { name: 'thing.list', action: 'read' },
  { name: 'thing.update', action: 'update' },
] as const;

const settings = JSON.parse(process.env.PLUGIN ?? '') as PluginSettings;
const { pluginId, implementation } = settings;
const testClock = settings.now === undefined ? undefined : new TestClock(settings.now);
const clock = testClock ?? systemClock;
const meter = new Meter();
let ports: Record<string, number> = {};

const getBaseUrl = async (id: string) => `http://127.0.0.1:${ports[id]}/api/${id}`;
const discovery: DiscoveryService = { getBaseUrl, getExternalBaseUrl: getBaseUrl };

async function createOurs(): Promise<{ auth: AuthService; router: Router }> {
  const options = { discovery, config: settings.config, clock, logger: meter.logger };
  const auth = await createAuthBackend(options).forPlugin(pluginId);
  const httpAuth = createHttpAuthService({ auth, pluginId, ...options });
  const { router, addAuthPolicy } = createPluginRouter({ auth, httpAuth, ...options });
  addAuthPolicy({ path: '/view', allow: 'user-cookie' });
  addAuthPolicy({ path: '/public', allow: 'unauthenticated' });
  router.use(createRoutes(auth, httpAuth), authErrorHandler());
  return { auth, router };
}

async function createTheirs(): Promise<{ auth: AuthService; router: Router }> {
  const { config } = settings;
  const keySource = theirKeySource();
  const auth = await createTheirAuth({ pluginId, discovery, logger, config, keySource });
  const router = Router();
  router.get('/.backstage/auth/v1/jwks.json', async (_req, res) => {
    res.json(await auth.listPublicServiceKeys());
  });
  const httpAuth = createTheirHttpAuth({ auth, discovery, pluginId });
  router.use(createRoutes(auth, httpAuth as HttpAuthService), answerTheirErrors);
  return { auth, router };
}

/** As Backstage's error middleware does it. */
const answerTheirErrors: ErrorRequestHandler = (error: Error, _req, res, next) => {
  const status = { AuthenticationError: 401, NotAllowedError: 403 }[error.name];
  if (status) res.status(status).json({ error: { name: error.name, message: error.message } });
  else next(error);
};

function createRoutes(auth: AuthService, httpAuth: HttpAuthService): Router {
  const tokenFor = async (req: Parameters<RequestHandler>[0], target: string) => {
    const onBehalfOf = await httpAuth.credentials(req, { allow: ['service'] });
    return (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: target })).token;
  };
  const router = Router();
  // The token with which the plugin would call another one for its caller.
  router.get('/token/:target', async (req, res) => {
    res.send(await tokenFor(req, req.params.target));
  });
  for (const path of ['/private', '/view', '/public']) {
    router.all(path, (_req, res) => void res.json({ status: 'ok' }));
  }
  router.all('/users', async (req, res) => {
    const { principal } = await httpAuth.credentials(req, { allow: ['user'] });
    res.json({ user: principal.userEntityRef });
  });
  // A token onward, for whoever calls.
  router.all('/calls', async (req, res) => {
    const onBehalfOf = await httpAuth.credentials(req);
    await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'search' });
    res.json({ status: 'ok' });
  });
  // Calls the plugins that `via` names, one through the other, and tells what each made of the call.
  router.get('/relay', async (req, res) => {
    const { principal } = await httpAuth.credentials(req, { allow: ['service'] });
    const may = permissions.filter(permission => isPermitted(principal, permission));
    const here: Hop = { plugin: pluginId, caller: principal.subject, may: may.map(it => it.name) };
    const [next, ...others] = String(req.query.via ?? '').split('.');
    if (!next) {
      res.json([here]);
      return;
    }
    const answer = await fetch(`${await getBaseUrl(next)}/relay?via=${others.join('.')}`, {
      headers: { authorization: `Bearer ${await tokenFor(req, next)}` },
    });
    res.json([here, ...(await readHops(next, answer))]);
  });
  return router;
}

async function readHops(plugin: string, answer: Response): Promise<Hop[]> {
  const body = (await answer.json()) as Hop[] | { error: { message: string } };
  if (Array.isArray(body)) return body;
  return [{ plugin, status: answer.status, message: body.error.message }];
}

process.on('message', (instruction: Instruction) => {
  if (instruction === 'measure') {
    process.send?.(meter.measure());
    return;
  }
  if ('ports' in instruction) ports = instruction.ports;
  else testClock?.advance(instruction.advance);
  process.send?.('done');
});
// Without the test there is nobody to serve.
process.on('disconnect', () => process.exit());

void (async () => {
  const { router } = await (implementation === 'ours' ? createOurs() : createTheirs());
  const server = express()
    .use(`/api/${pluginId}`, router)
    .listen(0, '127.0.0.1', () => {
      process.send?.({ port: (server.address() as AddressInfo).port });
    });
})();
