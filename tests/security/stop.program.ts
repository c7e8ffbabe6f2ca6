import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthBackend, createUserTokenIssuer } from '@stagepass/auth-backend';
import { createHttpAuthService } from '@stagepass/auth-http';
import createKnex from 'knex';
import { silentLogger as logger } from '../databases/silentLogger';

/** What is closed before the program says that it is done. */
const closes = process.env.CLOSES === 'all';

/** Somebody who never answers, so that timeouts run; nobody's requests hold the program. */
const silent = createServer(() => {});
/** A plugin in another process, whose connection is kept alive. */
const other = createServer((_req, res) => res.end('{"keys":[]}'));

void (async () => {
  for (const server of [silent, other]) {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    server.unref();
    server.on('connection', socket => socket.unref());
  }
  const portOf = (id: string) => ((id === 'silent' ? silent : other).address() as AddressInfo).port;
  const getBaseUrl = (id: string) => Promise.resolve(`http://127.0.0.1:${portOf(id)}/api/${id}`);
  const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
  const client = createKnex({
    ...{ client: 'better-sqlite3', useNullAsDefault: true },
    connection: { filename: ':memory:' },
    pool: { min: 1, max: 1 },
  });
  const database = { getClient: () => Promise.resolve(client) };
  const userTokenIssuer = await createUserTokenIssuer({
    ...{ issuer: await getBaseUrl('auth'), logger },
  });
  const backend = createAuthBackend({ discovery, logger, userTokenIssuer });
  const auth = await backend.forPlugin('a', { database });
  const b = await createAuthBackend({ discovery, logger }).forPlugin('b');
  const httpAuth = createHttpAuthService({ auth, discovery, pluginId: 'a', logger });
  const tokenOf = async (service: typeof auth) => {
    const onBehalfOf = await service.getOwnServiceCredentials();
    return (await service.getPluginRequestToken({ onBehalfOf, targetPluginId: 'a' })).token;
  };
  const credentialsOf = (token: string) =>
    httpAuth.credentials({ headers: { authorization: `Bearer ${token}` } } as never);

  await credentialsOf(await tokenOf(auth));
  const token = await tokenOf(b);
  // Key sets that have no such key, and that never come; and many refusals, which the log counts.
  await credentialsOf(token).catch(() => {});
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const ofSilent = Buffer.from(JSON.stringify({ ...claims, sub: 'silent' })).toString('base64url');
  // Whoever stops without saying so is held by a request to a silent host, for 5 s at most.
  if (closes) credentialsOf([header, ofSilent, signature].join('.')).catch(() => {});
  await Promise.all(Array.from({ length: 50 }, () => credentialsOf('junk').catch(() => {})));
  backend.userInfo();

  if (closes) {
    await backend.close();
    httpAuth.close();
  }
  await client.destroy();
  console.log('done');
  // It never comes to this where nothing holds the process.
  setTimeout(() => {
    console.log(`held by ${process.getActiveResourcesInfo().join()}`);
    process.exit(1);
  }, 1_000).unref();
})();
