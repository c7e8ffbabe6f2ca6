import { closeSqlite, openSqlite } from '../testing/sqlite';
import { openTables, pluginKeyTables, userTables } from './sqlTables';

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

  it('is not made where migrations are done elsewhere', async () => {
    const client = openSqlite();
    const opened = await openTables(
      { getClient: async () => client, migrations: { skip: true } },
      pluginKeyTables,
    );
    expect(opened).toBe(client);
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
      ['user_entity_ref', 'varchar(255)', true, true],
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
