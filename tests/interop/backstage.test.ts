import type {
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@stagepass/auth-node';
import { createAuthBackend, createUserTokenIssuer } from '@stagepass/auth-backend';
import createKnex, { type Knex } from 'knex';
import { createBackstageAuthService, createBackstageUserTokenIssuer } from './backstageClasses';
import { type KeySetServer, startKeySetServer } from './keySetServer';

const JANE = 'user:default/jane';

const logger = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => logger,
};

/** Makes the auth service of a plugin; replicas of a plugin share the database client. */
type CreateService = (pluginId: string, client: Knex) => Promise<AuthService>;

/** Signs a user in. */
type SignIn = (userEntityRef: string) => Promise<string>;

let keySets: KeySetServer;
const clients: Knex[] = [];

function createClient(): Knex {
  const client = createKnex({
    client: 'better-sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  });
  clients.push(client);
  return client;
}

const services: Record<'ours' | 'theirs', CreateService> = {
  ours: (pluginId, client) =>
    createAuthBackend({ discovery: keySets.discovery, logger }).forPlugin(pluginId, {
      database: { getClient: () => Promise.resolve(client) },
    }),
  theirs: (pluginId, client) =>
    createBackstageAuthService({ pluginId, client, logger, discovery: keySets.discovery }),
};

const issuers: Record<'ours' | 'theirs', () => Promise<SignIn>> = {
  async ours() {
    const issuer = await createUserTokenIssuer({
      issuer: await keySets.discovery.getExternalBaseUrl('auth'),
      logger,
    });
    keySets.users = () => issuer.listPublicKeys();
    return async sub => (await issuer.issueToken({ claims: { sub } })).token;
  },
  async theirs() {
    const issuer = createBackstageUserTokenIssuer({
      issuer: await keySets.discovery.getExternalBaseUrl('auth'),
      logger,
    });
    keySets.users = () => issuer.listPublicKeys();
    return async sub => (await issuer.issueToken({ claims: { sub, ent: [sub] } })).token;
  },
};

async function openPlugin(
  implementation: 'ours' | 'theirs',
  pluginId: string,
): Promise<AuthService> {
  const service = await services[implementation](pluginId, createClient());
  keySets.plugins.set(pluginId, () => service.listPublicServiceKeys());
  return service;
}

async function call(caller: AuthService, target: string, onBehalfOf?: BackstageCredentials) {
  const { token } = await caller.getPluginRequestToken({
    onBehalfOf: onBehalfOf ?? (await caller.getOwnServiceCredentials()),
    targetPluginId: target,
  });
  return token;
}

beforeEach(async () => {
  keySets = await startKeySetServer();
});

afterEach(async () => {
  await keySets.close();
  await Promise.all(clients.splice(0).map(client => client.destroy()));
});

describe.each([
  ['ours', 'theirs'],
  ['theirs', 'ours'],
  ['ours', 'ours'],
  ['theirs', 'theirs'],
] as const)('a call from %s to %s', (from, to) => {
  it('carries the calling plugin', async () => {
    const caller = await openPlugin(from, 'caller');
    const receiver = await openPlugin(to, 'receiver');
    const credentials = await receiver.authenticate(await call(caller, 'receiver'));
    expect(String(credentials)).toBe('backstageCredentials{servicePrincipal{plugin:caller}}');
  });

  it('is refused by a plugin that it is not for', async () => {
    const caller = await openPlugin(from, 'caller');
    const receiver = await openPlugin(to, 'receiver');
    await expect(receiver.authenticate(await call(caller, 'another'))).rejects.toMatchObject({
      name: 'AuthenticationError',
    });
  });

  describe.each(['ours', 'theirs'] as const)('with users of %s', issuer => {
    it('carries the user on whose behalf it is made, with the caller as actor', async () => {
      const signIn = await issuers[issuer]();
      const caller = await openPlugin(from, 'caller');
      const receiver = await openPlugin(to, 'receiver');
      const user = await caller.authenticate(await signIn(JANE));
      expect(String(user)).toBe(`backstageCredentials{userPrincipal{${JANE}}}`);
      const credentials = await receiver.authenticate(await call(caller, 'receiver', user));
      expect(String(credentials)).toBe(
        `backstageCredentials{userPrincipal{${JANE},actor={servicePrincipal{plugin:caller}}}}`,
      );
      expect(credentials.expiresAt).toEqual(user.expiresAt);
    });

    it('carries the user over a second hop, back to the caller', async () => {
      const signIn = await issuers[issuer]();
      const caller = await openPlugin(from, 'caller');
      const receiver = await openPlugin(to, 'receiver');
      const user = await caller.authenticate(await signIn(JANE));
      const first = await receiver.authenticate(await call(caller, 'receiver', user));
      const second = await caller.authenticate(await call(receiver, 'caller', first));
      expect(String(second)).toBe(
        `backstageCredentials{userPrincipal{${JANE},actor={servicePrincipal{plugin:receiver}}}}`,
      );
    });

    it('has a limited token that is accepted where limited access is allowed, and only there', async () => {
      const signIn = await issuers[issuer]();
      const caller = await openPlugin(from, 'caller');
      const receiver = await openPlugin(to, 'receiver');
      const user = await caller.authenticate(await signIn(JANE));
      const { token, expiresAt } = await caller.getLimitedUserToken(
        user as BackstageCredentials<BackstageUserPrincipal>,
      );
      const limited = await receiver.authenticate(token, { allowLimitedAccess: true });
      expect(String(limited)).toBe(`backstageCredentials{userPrincipal{${JANE}}}`);
      expect(limited.expiresAt).toEqual(expiresAt);
      await expect(receiver.authenticate(token)).rejects.toMatchObject({
        name: 'AuthenticationError',
        message: 'Illegal limited user token',
      });
    });
  });
});

describe('limited user tokens', () => {
  it.each(['ours', 'theirs'] as const)(
    'are the same bytes whoever derives them from a token of %s',
    async issuer => {
      const signIn = await issuers[issuer]();
      const token = await signIn(JANE);
      const derived = await Promise.all(
        (['ours', 'theirs'] as const).map(async implementation => {
          const plugin = await openPlugin(implementation, implementation);
          const user = await plugin.authenticate(token);
          return plugin.getLimitedUserToken(user as BackstageCredentials<BackstageUserPrincipal>);
        }),
      );
      expect(derived[0]).toEqual(derived[1]);
    },
  );
});

describe('replicas of one plugin, one of each implementation, on one key table', () => {
  it.each([
    ['ours', 'theirs'],
    ['theirs', 'ours'],
  ] as const)('%s makes the table, %s joins: the tokens of both verify', async (first, second) => {
    const client = createClient();
    const replicas = [
      await services[first]('shared', client),
      await services[second]('shared', client),
    ];
    const receivers = [await openPlugin('ours', 'a'), await openPlugin('theirs', 'b')];
    for (const asked of replicas) {
      // Whichever replica the load balancer asks for the key set.
      keySets.plugins.set('shared', () => asked.listPublicServiceKeys());
      for (const replica of replicas) {
        for (const [index, receiver] of receivers.entries()) {
          const token = await call(replica, index === 0 ? 'a' : 'b');
          expect(String(await receiver.authenticate(token))).toBe(
            'backstageCredentials{servicePrincipal{plugin:shared}}',
          );
        }
      }
    }
  });
});
