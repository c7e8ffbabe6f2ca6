import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { Knex } from 'knex';
import type { SqlTables } from './migrateTables';

export const KEY_OWNER_TABLE = 'stagepass_key_owner';

/** Which plugin a key table belongs to: one row, beside the table, in the same database or schema. */
export const keyOwnerTables: SqlTables = {
  tables: [KEY_OWNER_TABLE],
  migrationsTable: 'stagepass_key_owner__knex_migrations',
  migrations: [
    {
      name: '20261124000100_key_owner.js',
      async up(knex) {
        await knex.schema.createTable(KEY_OWNER_TABLE, table => {
          table.string('key_table').primary().notNullable().comment('The table that is owned');
          table.string('plugin_id').notNullable().comment('The plugin that owns it');
        });
      },
      async down(knex) {
        await knex.schema.dropTable(KEY_OWNER_TABLE);
      },
    },
  ],
};

/**
 * Writes down that a key table belongs to a plugin, unless it has an owner: of several that ask at the same
 * time, in whatever process, the primary key lets one through. In a shared table each plugin would publish,
 * and so vouch for, the other's keys.
 *
 * @throws Error `AUTH_CONFIG_INVALID` when it belongs to another plugin
 */
export async function claimKeyTable(
  client: Knex,
  keyTable: string,
  pluginId: string,
): Promise<void> {
  const owner = (await readOwner(client, keyTable)) ?? (await claim(client, keyTable, pluginId));
  if (owner === pluginId) return;
  throw createAuthError(
    'AUTH_CONFIG_INVALID',
    `database: expected one of its own for the plugin ${quote(pluginId)}, found that of the plugin ${quote(owner)}; ` +
      'give each plugin a database or a schema. If the plugin was renamed, or the database handed on, ' +
      `empty ${keyTable} and ${KEY_OWNER_TABLE}`,
  );
}

async function claim(client: Knex, keyTable: string, pluginId: string) {
  await client(KEY_OWNER_TABLE)
    .insert({ key_table: keyTable, plugin_id: pluginId })
    .onConflict('key_table')
    .ignore();
  return readOwner(client, keyTable);
}

async function readOwner(client: Knex, keyTable: string): Promise<string | undefined> {
  const row = await client<{ key_table: string; plugin_id: string }>(KEY_OWNER_TABLE)
    .where({ key_table: keyTable })
    .first('plugin_id');
  return row?.plugin_id;
}
