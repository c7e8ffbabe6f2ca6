import { type Clock, isAuthError, type KeyStore, type LoggerService } from '@stagepass/auth-node';
import { consoleLogger, createAuthError, quote, systemClock } from '@stagepass/auth-node/internal';
import type { Knex } from 'knex';
import { isPluginId } from '../tokens/plugin/pluginId';
import { databaseUnavailable, openInTime } from './databaseFailure';
import { claimKeyTable, KEY_OWNER_TABLE, keyOwnerTables } from './keyTableOwner';
import { KnexKeyStore } from './KnexKeyStore';
import { openTables, PLUGIN_KEYS_TABLE, type PluginDatabase, pluginKeyTables } from './sqlTables';

/**
 * Opens the key store of a plugin in its SQL database: the table in which Backstage's replicas keep their
 * public keys too. It is made where it is missing, by as many replicas at once as there are.
 *
 * The database, or on PostgreSQL the schema, belongs to the first plugin that opens it, which is written
 * down in a table of its own beside the keys. With `migrations.skip` the owner is only checked if that table,
 * `stagepass_key_owner`, is there.
 *
 * @param options - `database`: that of one plugin, shared by its replicas; `pluginId`: the plugin; `logger`:
 *   default warnings and errors to standard error; `clock`: for tests
 * @throws Error `AUTH_CONFIG_INVALID` when the database belongs to another plugin, when its tables are not as
 *   the migrations make them, or when they are missing with `migrations.skip`
 * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when the database does not answer, or when its
 *   migration lock is held; the `reason`, also in the log, says what to do
 * @public
 */
export async function createKnexKeyStore(options: {
  database: PluginDatabase;
  pluginId: string;
  logger?: LoggerService;
  clock?: Clock;
}): Promise<KeyStore> {
  const { database, pluginId, logger = consoleLogger, clock = systemClock } = options;
  if (!isPluginId(pluginId)) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `pluginId: expected letters, digits, '-' and '_', found ${quote(pluginId)}`,
    );
  }
  const client = await openTables(database, pluginKeyTables, { clock, logger });
  if (!database.migrations?.skip) await openTables(database, keyOwnerTables, { clock, logger });
  try {
    await openInTime(requireOwnTable(client, pluginId), clock);
  } catch (error) {
    if (isAuthError(error) && error.code === 'AUTH_KEYS_UNAVAILABLE') logger.error(error.reason);
    throw error;
  }
  return new KnexKeyStore({ client, table: PLUGIN_KEYS_TABLE, logger });
}

async function requireOwnTable(client: Knex, pluginId: string) {
  try {
    if (await client.schema.hasTable(KEY_OWNER_TABLE)) {
      await claimKeyTable(client, PLUGIN_KEYS_TABLE, pluginId);
    }
  } catch (error) {
    if (isAuthError(error)) throw error;
    throw databaseUnavailable('the owner of the keys cannot be read or written', error);
  }
}
