import {
  KEYS,
  LOCK,
  OWNER,
  RECORD,
  recorded,
  startBackstageReplica,
  startReplica,
} from './replica';
import { describeOnServers, dropDatabases, type TestDatabase } from './servers';

afterEach(dropDatabases);

async function expectMadeOnce(database: TestDatabase): Promise<void> {
  const client = database.openClient();
  expect(await client(RECORD).select('id', 'name', 'batch')).toEqual(recorded);
  expect(await client(LOCK).pluck('is_locked')).toEqual([0]);
  expect(await client(`${OWNER}__knex_migrations`).pluck('name')).toEqual([
    '20261124000100_key_owner.js',
  ]);
  expect(await client(`${OWNER}__knex_migrations_lock`).pluck('is_locked')).toEqual([0]);
  expect(await client(OWNER).select()).toEqual([{ key_table: KEYS, plugin_id: 'catalog' }]);
}

describeOnServers('Migrations', server => {
  it.each([1, 2, 3, 8])('make the tables once for %i replicas that start at once', async count => {
    const database = await server.createDatabase();
    const clients = Array.from({ length: count }, () => database.openClient());
    await Promise.all(clients.map(client => startReplica(client)));
    await expectMadeOnce(database);
    expect(await clients[0]!(KEYS).pluck('id')).toHaveLength(count);
  });

  it('make the tables once for three backends that share one client', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await Promise.all([startReplica(client), startReplica(client), startReplica(client)]);
    await expectMadeOnce(database);
    expect(await client(KEYS).pluck('id')).toHaveLength(3);
  });

  it('are not run again by a replica that starts later, which keeps the keys of the others', async () => {
    const database = await server.createDatabase();
    await startReplica(database.openClient());
    const client = database.openClient();
    const [record] = await client(RECORD).select();
    await startReplica(client);
    expect(await client(RECORD).select()).toEqual([record]);
    await expectMadeOnce(database);
    expect(await client(KEYS).pluck('id')).toHaveLength(2);
  });

  it.each([
    ['Backstage', 'ours', startBackstageReplica, startReplica],
    ['ours', 'Backstage', startReplica, startBackstageReplica],
  ] as const)('of %s are taken over by %s, keys and all', async (_, __, first, second) => {
    const database = await server.createDatabase();
    const replicas = [
      await first(database.openClient()),
      await second(database.openClient()),
      await first(database.openClient()),
    ];
    await expectMadeOnce(database);
    for (const replica of replicas) {
      // Backstage makes its key for the first token.
      await replica.getPluginRequestToken({
        onBehalfOf: await replica.getOwnServiceCredentials(),
        targetPluginId: 'search',
      });
    }
    const kids = await database.openClient()(KEYS).pluck('id');
    expect(kids).toHaveLength(3);
    for (const replica of replicas) {
      const { keys } = await replica.listPublicServiceKeys();
      expect(keys.map(({ kid }) => kid).sort()).toEqual(kids.sort());
    }
  });

  // Two writers of one process to a SQLite file wait for each other until they run out of time.
  it.each(server.name === 'SQLite' ? [1] : [1, 2, 3, 4, 5])(
    'make the tables once when Backstage starts at the same time, and let it start again (%i)',
    async () => {
      const database = await server.createDatabase();
      const ours = [1, 2].map(() => startReplica(database.openClient()));
      // Who does not get through is started again by its supervisor, once the tables are made.
      const theirs = [1, 2].map(() => startBackstageReplica(database.openClient()));
      await Promise.allSettled(theirs);
      await Promise.all(ours);
      await startBackstageReplica(database.openClient());
      await expectMadeOnce(database);
    },
  );
});
