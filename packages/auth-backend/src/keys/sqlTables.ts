import type { Knex } from 'knex';

/**
 * A knex instance, named by what makes it one: who uses this package without a database need not have knex,
 * not even for its types.
 *
 * @public
 */
export interface KnexClient {
  (tableName: string): object;
  readonly schema: object;
  readonly migrate: object;
}

/**
 * The database of one plugin, as Backstage's database service hands it out.
 *
 * @public
 */
export interface PluginDatabase {
  /** Returns a knex instance for SQLite, PostgreSQL, MySQL or MariaDB, the same at each call. */
  getClient(): Promise<KnexClient>;
  /** `skip`: the tables have been made by other means. */
  readonly migrations?: { readonly skip?: boolean };
}

interface Migration {
  readonly name: string;
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

/** Tables of ours, and the knex migrations that make them, recorded in a table of their own. */
export interface SqlTables {
  readonly migrationsTable: string;
  readonly migrations: readonly Migration[];
}

export const PLUGIN_KEYS_TABLE = 'backstage_backend_public_keys__keys';
export const USER_KEYS_TABLE = 'stagepass_user_keys';
export const USER_INFO_TABLE = 'stagepass_user_info';

/**
 * The public keys of one plugin. Table, columns, migration and its record are Backstage's to the letter,
 * since its replicas and ours may share the database.
 */
export const pluginKeyTables: SqlTables = {
  migrationsTable: 'backstage_backend_public_keys__knex_migrations',
  migrations: [
    {
      name: '20240327104803_public_keys.js',
      async up(knex) {
        await knex.schema.createTable(PLUGIN_KEYS_TABLE, createKeyColumns);
      },
      async down(knex) {
        await knex.schema.dropTable(PLUGIN_KEYS_TABLE);
      },
    },
  ],
};

/** The public keys for user tokens, and what was said of each user at the last sign-in. */
export const userTables: SqlTables = {
  migrationsTable: 'stagepass_users__knex_migrations',
  migrations: [
    {
      name: '20261124000000_users.js',
      async up(knex) {
        await knex.schema.createTable(USER_KEYS_TABLE, createKeyColumns);
        await knex.schema.createTable(USER_INFO_TABLE, table => {
          table.string('user_entity_ref').primary().notNullable();
          table.text('user_info').notNullable().comment('JSON of the claims');
          table.string('updated_at').notNullable().comment('ISO 8601, UTC');
        });
      },
      async down(knex) {
        await knex.schema.dropTable(USER_INFO_TABLE);
        await knex.schema.dropTable(USER_KEYS_TABLE);
      },
    },
  ],
};

/** Makes the tables that are missing, unless the database says that this is done elsewhere. */
export async function openTables(database: PluginDatabase, tables: SqlTables): Promise<Knex> {
  const client = (await database.getClient()) as Knex;
  if (!database.migrations?.skip) {
    await client.migrate.latest({
      tableName: tables.migrationsTable,
      migrationSource: {
        getMigrations: () => Promise.resolve([...tables.migrations]),
        getMigrationName: migration => migration.name,
        getMigration: migration => Promise.resolve(migration),
      } satisfies Knex.MigrationSource<Migration>,
    });
  }
  return client;
}

function createKeyColumns(table: Knex.CreateTableBuilder): void {
  table.string('id').primary().notNullable().comment('The unique ID of a public key');
  table.text('key').notNullable().comment('JSON serialized public key');
  table.string('expires_at').notNullable().comment('The time that the key expires');
}
