import { createKey } from '../testing/keyFixtures';
import { RecordingLogger } from '../testing/RecordingLogger';
import { invalidConfig, keysUnavailable, rejectionOf } from '../testing/refusals';
import { closeSqlite, openSqlite } from '../testing/sqlite';
import { createKnexKeyStore } from './createKnexKeyStore';
import { KEY_OWNER_TABLE } from './keyTableOwner';
import { PLUGIN_KEYS_TABLE } from './sqlTables';

const logger = new RecordingLogger();

afterEach(closeSqlite);

function open(pluginId: string, client = openSqlite(), skip = false) {
  return createKnexKeyStore({
    database: { getClient: async () => client, migrations: { skip } },
    pluginId,
    logger,
  });
}

const refusalOfOther = invalidConfig(
  'database: expected one of its own for the plugin "search", found that of the plugin "catalog"; ' +
    'give each plugin a database or a schema. If the plugin was renamed, or the database handed on, ' +
    `empty ${PLUGIN_KEYS_TABLE} and ${KEY_OWNER_TABLE}`,
);

describe('createKnexKeyStore', () => {
  it('opens a store that keeps its keys in the database', async () => {
    const client = openSqlite();
    const key = { key: createKey('one').jwk, expiresAt: new Date('2026-01-01T00:00:00.000Z') };
    await (await open('catalog', client)).addKey(key);
    expect(await (await open('catalog', client)).listKeys()).toEqual([key]);
  });

  it('writes down whose the key table is, in a table beside it with migrations of its own', async () => {
    const client = openSqlite();
    await open('catalog', client);
    expect(await client(KEY_OWNER_TABLE).select()).toEqual([
      { key_table: PLUGIN_KEYS_TABLE, plugin_id: 'catalog' },
    ]);
    expect(await client('stagepass_key_owner__knex_migrations').pluck('name')).toEqual([
      '20261124000100_key_owner.js',
    ]);
    expect(await client('backstage_backend_public_keys__knex_migrations').pluck('name')).toEqual([
      '20240327104803_public_keys.js',
    ]);
  });

  it('refuses a database that is another plugin’s', async () => {
    const client = openSqlite();
    await open('catalog', client);
    await expect(open('search', client)).rejects.toMatchObject(refusalOfOther);
    await open('catalog', client);
  });

  it.each(['', 'a b', '../catalog', "'; drop table x; --"])(
    'refuses the plugin id %j before it looks at the database',
    async pluginId => {
      const client = openSqlite();
      await expect(open(pluginId, client)).rejects.toMatchObject(
        invalidConfig(
          `pluginId: expected letters, digits, '-' and '_', found ${JSON.stringify(pluginId)}`,
        ),
      );
      expect(await client.schema.hasTable(PLUGIN_KEYS_TABLE)).toBe(false);
    },
  );

  it('asks for the owner where migrations are done elsewhere only if there is a table for it', async () => {
    const client = openSqlite();
    await open('catalog', client);
    await expect(open('search', client, true)).rejects.toMatchObject(refusalOfOther);
    await client.schema.dropTable(KEY_OWNER_TABLE);
    await open('search', client, true);
    expect(await client.schema.hasTable(KEY_OWNER_TABLE)).toBe(false);
  });

  it('cannot be had while the owner cannot be read', async () => {
    const client = openSqlite();
    await open('catalog', client);
    await client.schema.alterTable(KEY_OWNER_TABLE, table => {
      table.renameColumn('plugin_id', 'plugin');
    });
    const refusal = await rejectionOf(open('catalog', client));
    expect(refusal).toMatchObject(keysUnavailable);
    expect(refusal.reason).toMatch(
      /^the owner of the keys cannot be read or written: .*no such column/,
    );
    expect(logger.lines('error')).toContain(refusal.reason);
  });
});
