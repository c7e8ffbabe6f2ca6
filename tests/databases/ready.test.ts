import type { Knex } from 'knex';
import { KEYS, LOCK, startReplica } from './replica';
import { describeOnServers, dropDatabases, networkServerNames } from './servers';

afterEach(dropDatabases);

describeOnServers('A replica that is ready', server => {
  it('has published the key that it signs with, for every other replica to read', async () => {
    const database = await server.createDatabase();
    const other = database.openClient();
    for (let replica = 1; replica <= 5; replica++) {
      const service = await startReplica(database.openClient());
      const published = (await other(KEYS).pluck('id')) as string[];
      expect(published).toHaveLength(replica);
      const { token } = await service.getPluginRequestToken({
        onBehalfOf: await service.getOwnServiceCredentials(),
        targetPluginId: 'search',
      });
      const [header = ''] = token.split('.');
      const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
      expect(published).toContain(kid);
    }
  });

  it('is not ready when its key cannot be published, and publishes none later', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await startReplica(client);
    await client.schema.alterTable(KEYS, table => table.renameColumn('key', 'renamed'));
    await expect(startReplica(database.openClient())).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      code: 'AUTH_KEYS_UNAVAILABLE',
      message: 'Credentials cannot be verified at the moment',
      reason: 'the key store does not take the signing key; see the log',
    });
    expect(await client(KEYS).pluck('id')).toHaveLength(1);
    expect(await client(LOCK).pluck('is_locked')).toEqual([0]);
  });
});

/** How to keep others from writing to the key table, and to see that they wait for it. */
const barriers: Record<string, { close: string[]; countWaiting: string }> = {
  PostgreSQL: {
    close: ['begin', `lock table ${KEYS} in exclusive mode`],
    countWaiting: `select count(*) as waiting from pg_locks where not granted
      and database = (select oid from pg_database where datname = current_database())`,
  },
  MariaDB: {
    close: [`lock tables ${KEYS} read`],
    countWaiting: `select count(*) as waiting from information_schema.processlist
      where db = database() and state like 'Waiting for%'`,
  },
};

describeOnServers(
  'A replica whose key has to wait',
  server => {
    async function isWaiting(observer: Knex): Promise<boolean> {
      const answer: unknown = await observer.raw(barriers[server.name]!.countWaiting);
      return /"waiting":"?[1-9]/.test(JSON.stringify(answer));
    }

    it('is ready when the key is written, and not before', async () => {
      const database = await server.createDatabase();
      await startReplica(database.openClient());
      const keeper = database.openClient({ pool: { min: 1, max: 1 } });
      for (const statement of barriers[server.name]!.close) await keeper.raw(statement);
      const events: string[] = [];
      const ready = startReplica(database.openClient()).then(() => events.push('ready'));
      const observer = database.openClient();
      while (!(await isWaiting(observer)));
      events.push('written');
      await keeper.destroy();
      await ready;
      expect(events).toEqual(['written', 'ready']);
    });
  },
  networkServerNames,
);
