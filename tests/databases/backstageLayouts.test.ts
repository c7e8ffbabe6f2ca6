import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseManager } from '@backstage/backend-defaults/database';
import type { LifecycleService } from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import type { Knex } from 'knex';
import { KEYS, OWNER, startReplica } from './replica';
import { describeOnServers, dropDatabases, type TestDatabase } from './servers';
import { silentLogger as logger } from './silentLogger';

const lifecycle: LifecycleService = { addStartupHook() {}, addShutdownHook() {} };

/** Ends what a test began, last things first. */
const cleanUps: Array<() => Promise<unknown>> = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await dropDatabases();
});

/** Settings of `backend.database`, by how the databases of plugins are laid out. */
interface Layout {
  name: string;
  settings(database: TestDatabase): object;
}

function connectionOf({ settings }: TestDatabase): object {
  const { hostname, port, username, password, pathname } = new URL(String(settings.connection));
  return {
    host: hostname,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    ...(port !== '' && { port: Number(port) }),
    database: pathname.slice(1),
  };
}

/** A database for each plugin, beside the one of the test; removed with it. */
function databasePerPlugin(database: TestDatabase): object {
  const prefix = `stagepass_test_${randomBytes(4).toString('hex')}_`;
  cleanUps.push(async () => {
    const admin = database.openClient();
    for (const plugin of ['catalog', 'search'])
      await admin.raw('drop database ??', [prefix + plugin]);
  });
  const { client } = database.settings;
  return { client, prefix, connection: connectionOf(database) };
}

const layouts: Record<'SQLite' | 'PostgreSQL' | 'MariaDB', Layout[]> = {
  SQLite: [
    {
      name: 'databases in memory',
      settings: () => ({ client: 'better-sqlite3', connection: ':memory:' }),
    },
    {
      name: 'a file for each plugin',
      settings() {
        const directory = mkdtempSync(join(tmpdir(), 'stagepass-layouts-'));
        cleanUps.push(() => Promise.resolve(rmSync(directory, { recursive: true })));
        return { client: 'better-sqlite3', connection: { directory } };
      },
    },
  ],
  PostgreSQL: [
    { name: 'a database for each plugin', settings: databasePerPlugin },
    {
      name: 'a schema for each plugin',
      settings: database => ({
        client: 'pg',
        pluginDivisionMode: 'schema',
        connection: connectionOf(database),
      }),
    },
  ],
  MariaDB: [{ name: 'a database for each plugin', settings: databasePerPlugin }],
};

/** Opens a client as a process of the backend does. */
function openDatabases(settings: object): (pluginId: string) => Promise<Knex> {
  const config = new ConfigReader({ backend: { database: settings as never } });
  const manager = DatabaseManager.fromConfig(config);
  const opened: Knex[] = [];
  cleanUps.push(async () => {
    for (const client of opened) await client.destroy();
  });
  return async pluginId => {
    const client = await manager.forPlugin(pluginId, { lifecycle, logger }).getClient();
    opened.push(client);
    return client;
  };
}

describeOnServers('Backstage’s database service', server => {
  it.each(layouts[server.name])('gives each plugin one of its own with $name', async layout => {
    const settings = layout.settings(await server.createDatabase());
    // Two processes; databases in memory are of one.
    for (const processes of [1, 2]) {
      const open = openDatabases(settings);
      for (const pluginId of ['catalog', 'search']) {
        const client = await open(pluginId);
        await startReplica(client, { pluginId });
        expect(await client(OWNER).pluck('plugin_id')).toEqual([pluginId]);
        const shared = layout.name !== 'databases in memory';
        expect(await client(KEYS).pluck('id')).toHaveLength(shared ? processes : 1);
      }
    }
  });
});
