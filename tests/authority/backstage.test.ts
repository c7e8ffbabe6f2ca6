import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createTestAuthority, type TestAuthority, TestClock } from '@stagepass/auth-test-utils';
import createKnex from 'knex';
import { createBackstageAuthService } from '../interop/backstageClasses';

const JANE = 'user:default/jane';
const logger = { error() {}, warn() {}, info() {}, debug() {}, child: () => logger };

// Backstage's classes have their own network and clock, so that the authority gets a door and the real time.
let authority: TestAuthority;
const server = createServer((request, response) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${request.url}`;
  void authority.fetch(url).then(async answer => {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(await answer.text());
  });
});
const client = createKnex({
  client: 'better-sqlite3',
  connection: ':memory:',
  useNullAsDefault: true,
});

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  authority = await createTestAuthority({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    clock: new TestClock(new Date()),
  });
});

afterAll(async () => {
  await client.destroy();
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

const serviceOf = (pluginId: string) =>
  createBackstageAuthService({ pluginId, client, logger, discovery: authority.discovery });

it("Backstage's classes accept every kind of token", async () => {
  const auth = await serviceOf('catalog');
  const user = { type: 'user', userEntityRef: JANE };
  const limited = { allowLimitedAccess: true };
  const call = { from: 'search', to: 'catalog' };
  const forJane = authority.pluginToken({ ...call, onBehalfOf: JANE });
  const principals = [
    (await auth.authenticate(authority.userToken(JANE))).principal,
    (await auth.authenticate(authority.limitedUserToken(JANE), limited)).principal,
    (await auth.authenticate(authority.pluginToken(call))).principal,
    (await auth.authenticate(forJane)).principal,
  ];
  expect(principals).toMatchObject([
    user,
    user,
    { type: 'service', subject: 'plugin:search' },
    { ...user, actor: { type: 'service', subject: 'plugin:search' } },
  ]);
});

it("Backstage's classes derive the limited user token that the authority derives", async () => {
  const auth = await serviceOf('catalog');
  const credentials = await auth.authenticate(authority.userToken(JANE));
  if (!auth.isPrincipal(credentials, 'user')) throw new Error('not a user');
  const { token } = await auth.getLimitedUserToken(credentials);
  expect(await authority.describeToken(token)).toEqual({ type: 'limited-user', subject: JANE });
});

it("Backstage's classes refuse a tampered token", async () => {
  const auth = await serviceOf('catalog');
  const token = authority.pluginToken({ from: 'search', to: 'catalog' });
  await expect(auth.authenticate(authority.tamper(token, 'payload'))).rejects.toMatchObject({
    name: 'AuthenticationError',
    message: expect.stringMatching(/^Failed plugin token verification/) as string,
  });
});
