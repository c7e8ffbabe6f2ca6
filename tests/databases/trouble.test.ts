import {
  hurriedClock,
  invalidConfig,
  KEYS,
  keysUnavailable,
  LOCK,
  OWNER,
  RECORD,
  startBackstageReplica,
  startReplica,
} from './replica';
import { describeOnServers, dropDatabases } from './servers';

const clock = hurriedClock;

afterEach(dropDatabases);

describeOnServers('A database that is in trouble', server => {
  it('is mended when two migrators left two lock rows, at which knex would stop for ever', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await startReplica(client);
    await client(LOCK).insert({ is_locked: 0 });
    await expect(startBackstageReplica(database.openClient())).rejects.toMatchObject({
      name: 'MigrationLocked',
    });
    await startReplica(database.openClient());
    expect(await client(LOCK).pluck('is_locked')).toEqual([0]);
    await startBackstageReplica(database.openClient());
  });

  it('is mended when two lock rows were left and no table was made', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await startReplica(client);
    await client.schema.dropTable(KEYS);
    await client(RECORD).delete();
    await client(LOCK).insert([{ is_locked: 0 }, { is_locked: 0 }]);
    await Promise.all([startReplica(database.openClient()), startReplica(database.openClient())]);
    expect(await client(LOCK).pluck('is_locked')).toEqual([0]);
    expect(await client(RECORD).pluck('name')).toEqual(['20240327104803_public_keys.js']);
  });

  it('is used as it is while the lock is held, once the tables are there', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await startReplica(client);
    await client(LOCK).update({ is_locked: 1 });
    await startReplica(database.openClient());
    expect(await client(LOCK).pluck('is_locked')).toEqual([1]);
  });

  it('is refused when a lock stays held before the tables are made, with what to do', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await startReplica(client);
    await client.schema.dropTable(KEYS);
    await client(RECORD).delete();
    await client(LOCK).update({ is_locked: 1 });
    const start = () => startReplica(database.openClient(), { clock });
    await expect(start()).rejects.toMatchObject(
      keysUnavailable(
        `the migration lock ${LOCK} is held, and was not released in ten seconds; ` +
          'if no replica is at its migrations now, one was stopped in the middle of them: ' +
          `set is_locked to 0 in ${LOCK}, and start again`,
      ),
    );
    await client(LOCK).update({ is_locked: 0 });
    await start();
    expect(await client(KEYS).pluck('id')).toHaveLength(1);
  });

  it('goes on, or says what to do, after a migration that was cut off behind its table', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await startReplica(client);
    await client.schema.dropTable(KEYS);
    await client(RECORD).delete();
    // What a server does for a process that is killed: MariaDB has committed at the table, and cannot go back.
    const migration = await client.transaction();
    await migration(LOCK).update({ is_locked: 1 });
    await migration.schema.createTable(KEYS, table => {
      table.string('id').primary().notNullable();
      table.text('key').notNullable();
      table.string('expires_at').notNullable();
    });
    await migration.rollback();
    const start = () => startReplica(database.openClient(), { clock });
    if (server.name === 'MariaDB') {
      await expect(start()).rejects.toMatchObject(
        keysUnavailable(
          `the migration lock ${LOCK} is held, and was not released in ten seconds; ` +
            'if no replica is at its migrations now, one was stopped in the middle of them: ' +
            `drop the table ${KEYS}, which has no record in ${RECORD}, then ` +
            `set is_locked to 0 in ${LOCK}, and start again`,
        ),
      );
      await client.schema.dropTable(KEYS);
      await client(LOCK).update({ is_locked: 0 });
    }
    await start();
    expect(await client(RECORD).pluck('name')).toEqual(['20240327104803_public_keys.js']);
    expect(await client(LOCK).pluck('is_locked')).toEqual([0]);
  });

  it('is refused when another program’s migration is recorded', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await startReplica(client);
    await client(RECORD).insert({ name: '20300101_other.js', batch: 2 });
    await expect(startReplica(database.openClient())).rejects.toMatchObject(
      invalidConfig(
        `database: expected ${RECORD} to record ["20240327104803_public_keys.js"] alone, found ["20300101_other.js"]; ` +
          'it was written by a newer version, or by another program: give the plugin a database of its own, or go back to that version',
      ),
    );
  });

  it('is refused when the table is there without the record of its migration', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await startReplica(client);
    await client(RECORD).delete();
    await expect(startReplica(database.openClient(), { clock })).rejects.toMatchObject(
      invalidConfig(
        `database: the table ${KEYS} is there, but ${RECORD} does not record the migration ` +
          '["20240327104803_public_keys.js"] that makes it; if it is empty, drop it; ' +
          'if it was made by other means, set migrations.skip',
      ),
    );
    await startReplica(database.openClient(), { skip: true });
  });

  it('is refused when the record is there without the table', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await startReplica(client);
    await client.schema.dropTable(KEYS);
    await expect(startReplica(database.openClient())).rejects.toMatchObject(
      invalidConfig(
        `database: ${RECORD} says that the table ${KEYS} was made, but it is not there; ` +
          `restore it, or delete the rows of ${RECORD} so that it is made again`,
      ),
    );
    await client(RECORD).delete();
    await startReplica(database.openClient());
  });

  it('is refused when migrations are done elsewhere, and were not; nothing is made', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await expect(startReplica(client, { skip: true })).rejects.toMatchObject(
      invalidConfig(
        expect.stringContaining(
          `database: migrations.skip is set, so the table ${KEYS} must be there, but it cannot be read; ` +
            'make it, or do not set migrations.skip: ',
        ) as unknown,
      ),
    );
    for (const table of [KEYS, RECORD, LOCK, OWNER]) {
      expect(await client.schema.hasTable(table)).toBe(false);
    }
  });
});
