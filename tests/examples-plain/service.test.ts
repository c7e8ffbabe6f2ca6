import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuthService, LoggerService } from '@stagepass/auth-node';
import createKnex, { type Knex } from 'knex';
import {
  type BackstageUserTokenIssuer,
  createBackstageAuthService,
  createBackstageUserTokenIssuer,
} from '../interop/backstageClasses';

const JANE = 'user:default/jane';
const warnings: string[] = [];
const logger: LoggerService = {
  error() {},
  warn: message => void warnings.push(message),
  info() {},
  debug() {},
  child: () => logger,
};

/** The example is JavaScript, so that it runs as it is. */
const { createService } = jest.requireActual<{
  createService(
    config: object,
    logger?: LoggerService,
  ): Promise<{
    listen(port: number): Promise<number>;
    close(): Promise<void>;
  }>;
}>('../../examples/plain-service/service.js');

let backstage: Server;
let catalog: AuthService;
let issuer: BackstageUserTokenIssuer;
let client: Knex;
let service: Awaited<ReturnType<typeof createService>>;
let reports: string;

/** A backend of Backstage's published classes: the plugin `catalog`, and `auth` for its users. */
beforeEach(async () => {
  const urls: Record<string, string> = {};
  const getBaseUrl = async (pluginId: string) => urls[pluginId] ?? `http://127.0.0.1:9/${pluginId}`;
  const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
  warnings.length = 0;
  backstage = createServer((req, res) => {
    const answers: Record<string, () => Promise<unknown>> = {
      '/api/auth/.well-known/jwks.json': () => issuer.listPublicKeys(),
      '/api/catalog/.backstage/auth/v1/jwks.json': () => catalog.listPublicServiceKeys(),
      '/api/catalog/entities': async () => {
        const token = String(req.headers.authorization).replace('Bearer ', '');
        return [String(await catalog.authenticate(token))];
      },
    };
    const answer = answers[String(req.url)];
    if (!answer) return void res.writeHead(404).end('{}');
    answer().then(
      body => res.end(JSON.stringify(body)),
      error => res.writeHead(500).end(JSON.stringify(String(error))),
    );
  });
  const port = await new Promise<number>(resolve =>
    backstage.listen(0, '127.0.0.1', () => resolve((backstage.address() as AddressInfo).port)),
  );
  for (const id of ['auth', 'catalog']) urls[id] = `http://127.0.0.1:${port}/api/${id}`;
  client = createKnex({
    client: 'better-sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  });
  catalog = await createBackstageAuthService({ pluginId: 'catalog', discovery, client, logger });
  issuer = createBackstageUserTokenIssuer({ issuer: await getBaseUrl('auth'), logger });

  const plugins = { ...urls, reports: 'http://localhost:8080/api/reports' };
  service = await createService({ pluginId: 'reports', plugins, backend: {} }, logger);
  reports = `http://127.0.0.1:${await service.listen(0)}/api/reports`;
  urls.reports = reports;
});

afterEach(async () => {
  await service.close();
  backstage.closeAllConnections();
  await new Promise(resolve => backstage.close(resolve));
  await client.destroy();
});

async function get(path: string, token?: string) {
  const headers = { connection: 'close', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${reports}${path}`, { headers });
  const challenge = answer.headers.get('www-authenticate');
  const body = (await answer.json()) as { [member: string]: unknown };
  return { status: answer.status, challenge, body };
}

const signIn = async () => (await issuer.issueToken({ claims: { sub: JANE, ent: [JANE] } })).token;

async function catalogCalls(targetPluginId: string, userToken?: string) {
  const onBehalfOf = userToken
    ? await catalog.authenticate(userToken)
    : await catalog.getOwnServiceCredentials();
  const { token } = await catalog.getPluginRequestToken({ onBehalfOf, targetPluginId });
  return token;
}

describe('the plain service', () => {
  it('accepts a plugin of Backstage', async () => {
    expect(await get('/me', await catalogCalls('reports'))).toMatchObject({
      status: 200,
      body: { principal: { type: 'service', subject: 'plugin:catalog' } },
    });
  });

  it('accepts a plugin of Backstage that calls on behalf of a user', async () => {
    const { body } = await get('/me', await catalogCalls('reports', await signIn()));
    expect(body.principal).toMatchObject({
      type: 'user',
      userEntityRef: JANE,
      actor: { type: 'service', subject: 'plugin:catalog' },
    });
  });

  it('accepts a user whom Backstage has signed in', async () => {
    const { body } = await get('/me', await signIn());
    expect(body.principal).toEqual({ type: 'user', userEntityRef: JANE });
  });

  it.each([
    ['itself', async () => catalogCalls('reports'), 'servicePrincipal{plugin:reports}'],
    [
      'the user who calls',
      signIn,
      `userPrincipal{${JANE},actor={servicePrincipal{plugin:reports}}}`,
    ],
  ])('calls a plugin of Backstage as %s', async (_, token, principal) => {
    const { body } = await get('/entities', await token());
    expect(body).toEqual({ status: 200, entities: [`backstageCredentials{${principal}}`] });
  });

  it.each([
    ['nobody', async () => undefined, 'Bearer realm="backend"', 'Missing credentials', 0],
    [
      'a token for another plugin',
      () => catalogCalls('search'),
      'Bearer realm="backend", error="invalid_token"',
      'Illegal token',
      1,
    ],
  ])('refuses %s', async (_, token, challenge, message, logged) => {
    const answer = await get('/me', await token());
    expect(answer).toMatchObject({ status: 401, challenge, body: { error: { message } } });
    expect(warnings).toHaveLength(logged);
  });

  it('tells everybody that it is well, and nothing else', async () => {
    expect(await get('/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get('/health/details')).toMatchObject({ status: 401 });
  });
});
