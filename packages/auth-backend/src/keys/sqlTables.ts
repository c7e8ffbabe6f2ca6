import { type Clock, isAuthError, type LoggerService } from '@stagepass/auth-node';
import { consoleLogger, createAuthError, systemClock } from '@stagepass/auth-node/internal';
import type { Knex } from 'knex';
import { databaseUnavailable, describeFailure, openInTime, requireAnswer } from './databaseFailure';
import { migrateTables, type SqlTables } from './migrateTables';
import { dialectOf } from './writersTurn';

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
 * The database of one plugin, as Backstage's database service hands it out: shared by the replicas of the
 * plugin, and by no other plugin. On PostgreSQL it can be a schema that the search path begins with.
 *
 * @public
 */
export interface PluginDatabase {
  /** Returns a knex instance for SQLite, PostgreSQL, MySQL or MariaDB, the same at each call. */
  getClient(): Promise<KnexClient>;
  /**
   * `skip`: the tables have been made by other means. Whose database it is can then only be checked where
   * these have made the table `stagepass_key_owner` as well.
   */
  readonly migrations?: { readonly skip?: boolean };
}

export const PLUGIN_KEYS_TABLE = 'backstage_backend_public_keys__keys';
export const USER_KEYS_TABLE = 'stagepass_user_keys';
export const USER_INFO_TABLE = 'stagepass_user_info';

/**
 * The public keys of one plugin. Table, columns, migration and its record are Backstage's to the letter,
 * since its replicas and ours may share the database.
 */
export const pluginKeyTables: SqlTables = {
  tables: [PLUGIN_KEYS_TABLE],
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
  tables: [USER_KEYS_TABLE, USER_INFO_TABLE],
  migrationsTable: 'stagepass_users__knex_migrations',
  migrations: [
    {
      name: '20261124000000_users.js',
      async up(knex) {
        await knex.schema.createTable(USER_KEYS_TABLE, createKeyColumns);
        await knex.schema.createTable(USER_INFO_TABLE, table => {
          createUserColumn(table, knex).primary().notNullable();
          // MySQL's plain text ends at 64 KiB.
          table.text('user_info', 'longtext').notNullable().comment('JSON of the claims');
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

/**
 * Opens the database of a plugin, and makes the tables that are missing; where migrations are done elsewhere,
 * they must be there.
 *
 * @throws Error `AUTH_CONFIG_INVALID` when the tables are missing, or are not as our migrations make them
 * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when the database does not answer; logged
 */
export async function openTables(
  database: PluginDatabase,
  tables: SqlTables,
  options: { clock?: Clock; logger?: LoggerService } = {},
): Promise<Knex> {
  const { clock = systemClock, logger = consoleLogger } = options;
  try {
    return await openInTime(open(database, tables, clock), clock);
  } catch (error) {
    // What the caller is told does not help who starts the backend.
    if (isAuthError(error) && error.code === 'AUTH_KEYS_UNAVAILABLE') logger.error(error.reason);
    throw error;
  }
}

async function open(database: PluginDatabase, tables: SqlTables, clock: Clock): Promise<Knex> {
  const client = await getClient(database);
  if (database.migrations?.skip) await requireTables(client, tables);
  else await migrateTables(client, tables, clock);
  return client;
}

async function getClient(database: PluginDatabase): Promise<Knex> {
  try {
    return (await database.getClient()) as Knex;
  } catch (error) {
    throw isAuthError(error) ? error : databaseUnavailable('there is no database client', error);
  }
}

async function requireTables(client: Knex, { tables }: SqlTables): Promise<void> {
  for (const table of tables) {
    try {
      // Found as it will be used: through the search path, where there is one.
      await client(table).first();
    } catch (cause) {
      await requireAnswer(client);
      throw createAuthError(
        'AUTH_CONFIG_INVALID',
        `database: migrations.skip is set, so the table ${table} must be there, but it cannot be read; ` +
          `make it, or do not set migrations.skip: ${describeFailure(cause)}`,
        { cause },
      );
    }
  }
}

function createKeyColumns(table: Knex.CreateTableBuilder): void {
  table.string('id').primary().notNullable().comment('The unique ID of a public key');
  table.text('key').notNullable().comment('JSON serialized public key');
  table.string('expires_at').notNullable().comment('The time that the key expires');
}

/**
 * Refs that differ in case are different users, but not in the default collations of MySQL and MariaDB. The
 * longest subject is 1024 characters; their indices hold 768.
 */
function createUserColumn(table: Knex.CreateTableBuilder, knex: Knex): Knex.ColumnBuilder {
  return dialectOf(knex) === 'mysql'
    ? table.string('user_entity_ref', 768).collate('utf8mb4_bin')
    : table.string('user_entity_ref', 1024);
}
