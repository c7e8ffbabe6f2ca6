import { createAuthError } from '@stagepass/auth-node/internal';
import { RecordingLogger } from '../testing/RecordingLogger';
import { invalidConfig, keysUnavailable, rejectionOf } from '../testing/refusals';
import { closeSqlite, openSqlite } from '../testing/sqlite';
import { openTables, pluginKeyTables, userTables } from './sqlTables';

const logger = new RecordingLogger();

afterEach(closeSqlite);

function tablesOf(client: ReturnType<typeof openSqlite>) {
  return client('sqlite_master')
    .where({ type: 'table' })
    .whereNot('name', 'like', 'sqlite_%')
    .orderBy('name')
    .pluck('name');
}

async function columnsOf(client: ReturnType<typeof openSqlite>, table: string) {
  const columns = (await client.raw(`PRAGMA table_info(${table})`)) as Array<{
    name: string;
    type: string;
    notnull: number;
    pk: number;
  }>;
  return columns.map(({ name, type, notnull, pk }) => [name, type, notnull === 1, pk === 1]);
}

describe('the table of plugin keys', () => {
  it('is the one that Backstage makes, recorded as Backstage records it', async () => {
    const client = openSqlite();
    await openTables({ getClient: async () => client }, pluginKeyTables);
    expect(await tablesOf(client)).toEqual([
      'backstage_backend_public_keys__keys',
      'backstage_backend_public_keys__knex_migrations',
      'backstage_backend_public_keys__knex_migrations_lock',
    ]);
    expect(await columnsOf(client, 'backstage_backend_public_keys__keys')).toEqual([
      ['id', 'varchar(255)', true, true],
      ['key', 'TEXT', true, false],
      ['expires_at', 'varchar(255)', true, false],
    ]);
    expect(
      await client('backstage_backend_public_keys__knex_migrations').select('id', 'name', 'batch'),
    ).toEqual([{ id: 1, name: '20240327104803_public_keys.js', batch: 1 }]);
  });

  it('is taken over as it is, with what is in it', async () => {
    const client = openSqlite();
    const database = { getClient: async () => client };
    await openTables(database, pluginKeyTables);
    await client('backstage_backend_public_keys__keys').insert({
      id: 'k',
      key: '{}',
      expires_at: '2026-01-01T00:00:00.000Z',
    });
    await openTables(database, pluginKeyTables);
    expect(await client('backstage_backend_public_keys__keys').pluck('id')).toEqual(['k']);
    expect(await client('backstage_backend_public_keys__knex_migrations').select()).toHaveLength(1);
  });

  it('is used as it is where migrations are done elsewhere, and nothing is made', async () => {
    const client = openSqlite();
    const database = { getClient: async () => client, migrations: { skip: true } };
    await client.schema.createTable('backstage_backend_public_keys__keys', table => {
      table.string('id').primary();
    });
    expect(await openTables(database, pluginKeyTables, { logger })).toBe(client);
    expect(await tablesOf(client)).toEqual(['backstage_backend_public_keys__keys']);
  });

  it('must be there where migrations are done elsewhere', async () => {
    const client = openSqlite();
    const database = { getClient: async () => client, migrations: { skip: true } };
    const refusal = await rejectionOf(openTables(database, pluginKeyTables, { logger }));
    expect(refusal).toMatchObject(
      invalidConfig(
        'database: migrations.skip is set, so the table backstage_backend_public_keys__keys must be there, ' +
          'but it cannot be read; make it, or do not set migrations.skip: ' +
          '"select * from `backstage_backend_public_keys__keys` limit 1 - no such table: backstage_backend_public_keys__keys" ("SQLITE_ERROR")',
      ),
    );
    expect(refusal.cause).toMatchObject({ code: 'SQLITE_ERROR' });
    expect(await tablesOf(client)).toEqual([]);
  });

  it('can be taken back', async () => {
    const client = openSqlite();
    await openTables({ getClient: async () => client }, pluginKeyTables);
    await pluginKeyTables.migrations[0]!.down(client);
    expect(await tablesOf(client)).not.toContain('backstage_backend_public_keys__keys');
  });
});

describe('the tables of users', () => {
  it('have names of their own, and stand beside those of the plugin keys and of the application', async () => {
    const client = openSqlite();
    const database = { getClient: async () => client };
    await client.schema.createTable('signing_keys', table => table.string('kid'));
    await client.schema.createTable('knex_migrations', table => table.string('name'));
    await openTables(database, pluginKeyTables);
    await openTables(database, userTables);
    expect(await tablesOf(client)).toEqual([
      'backstage_backend_public_keys__keys',
      'backstage_backend_public_keys__knex_migrations',
      'backstage_backend_public_keys__knex_migrations_lock',
      'knex_migrations',
      'signing_keys',
      'stagepass_user_info',
      'stagepass_user_keys',
      'stagepass_users__knex_migrations',
      'stagepass_users__knex_migrations_lock',
    ]);
    expect(await columnsOf(client, 'stagepass_user_keys')).toEqual(
      await columnsOf(client, 'backstage_backend_public_keys__keys'),
    );
    expect(await columnsOf(client, 'stagepass_user_info')).toEqual([
      ['user_entity_ref', 'varchar(1024)', true, true],
      ['user_info', 'TEXT', true, false],
      ['updated_at', 'varchar(255)', true, false],
    ]);
  });

  it('can be taken back', async () => {
    const client = openSqlite();
    await openTables({ getClient: async () => client }, userTables);
    await userTables.migrations[0]!.down(client);
    expect(await tablesOf(client)).toEqual([
      'stagepass_users__knex_migrations',
      'stagepass_users__knex_migrations_lock',
    ]);
  });
});

describe('a database without a client', () => {
  it('is told as one that cannot be used now, in the log too, without the password of its URL', async () => {
    const log = new RecordingLogger();
    const failure = new Error('cannot connect to postgres://backstage:canary@db/plugin');
    const refusal = await rejectionOf(
      openTables({ getClient: () => Promise.reject(failure) }, pluginKeyTables, { logger: log }),
    );
    const reason = 'there is no database client: "cannot connect to postgres://***@db/plugin"';
    expect(refusal).toMatchObject({ ...keysUnavailable, reason });
    expect(refusal.cause).toBe(failure);
    expect(Object.keys(refusal)).not.toContain('cause');
    expect(log.lines('error')).toEqual([reason]);
  });

  it('is told in the words of who hands out clients, when they are ours', async () => {
    const refusal = createAuthError('AUTH_CONFIG_INVALID', 'database: expected another');
    await expect(
      openTables({ getClient: () => Promise.reject(refusal) }, pluginKeyTables, { logger }),
    ).rejects.toBe(refusal);
  });
});
