import type { Server } from 'node:http';
import type { JsonObject } from '@backstage/types';
import type { AuthPolicy, AuthRequest, BackstageCredentials } from '@stagepass/auth-node';
import type express from 'express';
import type * as Adapter from '../adapters/express';
import { FakeAuthService, limitedToken, oneHour, startOfTests } from './FakeAuthService';
import { listen, portOf, type RawAnswer, sendRaw } from './rawRequest';
import { setUpHttpAuth } from './setUpHttpAuth';

/** The copies of Express that the adapter is tested on. */
export const expressVersions = ['express', 'express4'] as const;

export const jane = 'Authorization: Bearer user.jane';
export const janesToken = limitedToken('jane', startOfTests + oneHour);
export const janesCookie = `Cookie: backstage-auth=${janesToken}`;
export const cookiePath = '/api/test/.backstage/auth/v1/cookie';

/** Loads the adapter on top of the given copy of Express, as in an application that has only that one. */
export function loadExpress(name: (typeof expressVersions)[number]) {
  const framework = jest.requireActual<typeof express>(name);
  let adapter: typeof Adapter | undefined;
  jest.isolateModules(() => {
    jest.doMock('express', () => framework);
    adapter = jest.requireActual<typeof Adapter>('../adapters/express');
  });
  if (!adapter) throw new Error('the adapter was not loaded');
  return { framework, adapter, ...createServers() };
}

/** Servers on loopback; `stop` goes into `afterEach`. */
function createServers() {
  const servers: Server[] = [];
  return {
    async start(app: express.Express) {
      const server = await listen(app);
      servers.push(server);
      return Object.assign((...lines: string[]) => sendRaw(server, ...lines), {
        port: portOf(server),
      });
    },
    async stop() {
      for (const server of servers.splice(0)) {
        await new Promise(resolve => server.close(resolve));
      }
    },
  };
}

/**
 * Starts a plugin at `/api/test`. Its handlers are `public`, `view`, which takes the cookie, and `private`
 * for the rest; they answer with their name and the principal.
 */
export async function startPlugin(
  { framework, adapter, start }: ReturnType<typeof loadExpress>,
  options: { policies?: AuthPolicy[]; config?: JsonObject } = {},
) {
  const { config, policies = [] } = options;
  const { auth, httpAuth } = setUpHttpAuth({ config });
  const { router, addAuthPolicy } = adapter.createPluginRouter({ auth, httpAuth, config });
  policies.forEach(addAuthPolicy);

  const answerAs =
    (handler: string, limits?: { allowLimitedAccess: boolean }): express.RequestHandler =>
    (req, res, next) => {
      httpAuth.credentials(req as AuthRequest, limits).then((credentials: BackstageCredentials) => {
        res.json({ handler, principal: credentials.principal });
      }, next);
    };
  const plugin = framework.Router();
  plugin.use((_req, res, next) => {
    res.append('Set-Cookie', 'theme=dark');
    next();
  });
  plugin.use(router);
  plugin.use('/public', (_req, res) => void res.json({ handler: 'public' }));
  plugin.use('/view', answerAs('view', { allowLimitedAccess: true }));
  plugin.use(answerAs('private'));

  const app = framework();
  app.use('/api/test', plugin);
  app.use(adapter.authErrorHandler());
  return { addAuthPolicy, auth, send: await start(app) };
}

/**
 * Makes a plugin whose router is called without a network; its handlers are `public` and all below,
 * `/files/:id`, and `private` for the rest.
 *
 * @returns a function that sends a path of nobody, and says which handler it reached, if any
 */
export function createRouterProbe(
  { framework, adapter }: ReturnType<typeof loadExpress>,
  policies: readonly AuthPolicy[],
): (path: string) => Promise<string | undefined> {
  const { httpAuth } = setUpHttpAuth();
  const auth = new FakeAuthService();
  const { router, addAuthPolicy } = adapter.createPluginRouter({ auth, httpAuth });
  policies.forEach(addAuthPolicy);
  const plugin = framework.Router();
  plugin.use(router);
  plugin.use('/public', req => (req as unknown as Probe).reached('public'));
  plugin.get('/files/:id', req => (req as unknown as Probe).reached('file'));
  plugin.use(req => (req as unknown as Probe).reached('private'));
  const { request } = framework();
  return path =>
    new Promise(resolve => {
      const probe: Probe = { method: 'GET', url: path, headers: {}, reached: resolve };
      const req = Object.assign(Object.create(request) as express.Request, probe);
      plugin(req, {} as express.Response, () => resolve(undefined));
    });
}

interface Probe {
  method: string;
  url: string;
  headers: object;
  reached(handler: string): void;
}

/** What counts of a refusal. */
export function refusalOf(answer: RawAnswer) {
  return {
    status: answer.status,
    challenge: answer.headers['www-authenticate'],
    body: JSON.parse(answer.text) as unknown,
  };
}

/** The refusal that is expected; `challenge` is what follows the realm, undefined for no challenge. */
export function refusal(
  status: number,
  error: { name: string; message: string },
  request: { method: string; url: string },
  challenge?: string,
): ReturnType<typeof refusalOf> {
  return {
    status,
    challenge: challenge === undefined ? undefined : [`Bearer realm="backend"${challenge}`],
    body: { error, request, response: { statusCode: status } },
  };
}
