import type { KeyStore, LoggerService } from '@stagepass/auth-node';
import { consoleLogger } from '../consoleLogger';
import { KnexKeyStore } from './KnexKeyStore';
import { openTables, PLUGIN_KEYS_TABLE, type PluginDatabase, pluginKeyTables } from './sqlTables';

/**
 * Opens the key store of a plugin in its SQL database: the table in which Backstage's replicas keep their
 * public keys too. It is made where it is missing.
 *
 * @param options - `database`: that of one plugin, shared by its replicas; `logger`: default warnings and
 *   errors to the console
 * @throws whatever the database says, when the table cannot be made
 * @public
 */
export async function createKnexKeyStore(options: {
  database: PluginDatabase;
  logger?: LoggerService;
}): Promise<KeyStore> {
  const { database, logger = consoleLogger } = options;
  const client = await openTables(database, pluginKeyTables);
  return new KnexKeyStore({ client, table: PLUGIN_KEYS_TABLE, logger });
}
