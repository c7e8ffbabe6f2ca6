import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryKeyStore } from '@stagepass/auth-backend';
import type { LoggerService } from '@stagepass/auth-node';
import createKnex, { type Knex } from 'knex';
import { KnexKeyStore } from '../../packages/auth-backend/src/keys/KnexKeyStore';
import {
  openTables,
  PLUGIN_KEYS_TABLE,
  pluginKeyTables,
  USER_KEYS_TABLE,
  userTables,
} from '../../packages/auth-backend/src/keys/sqlTables';
import {
  keyStoreContract,
  type KeyStoreSubject,
} from '../../packages/auth-test-utils/src/contracts/keyStoreContract';
import { describeContract } from './describeContract';

const logger: LoggerService = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => logger,
};

const clients: Knex[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map(client => client.destroy()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Every store is on a connection of its own to one SQLite file, as in replicas on one machine. */
function createSqliteFile(table: string, tables: typeof pluginKeyTables) {
  return async (): Promise<KeyStoreSubject> => {
    const folder = mkdtempSync(join(tmpdir(), 'key-stores-'));
    folders.push(folder);
    return {
      async openStore() {
        const client = createKnex({
          client: 'better-sqlite3',
          connection: { filename: join(folder, 'keys.sqlite') },
          useNullAsDefault: true,
        });
        clients.push(client);
        await openTables({ getClient: async () => client }, tables);
        return new KnexKeyStore({ client, table, logger });
      },
    };
  };
}

describeContract('MemoryKeyStore', keyStoreContract, async () => {
  const store = new MemoryKeyStore();
  return { openStore: async () => store };
});

describeContract(
  'KnexKeyStore for plugin keys',
  keyStoreContract,
  createSqliteFile(PLUGIN_KEYS_TABLE, pluginKeyTables),
);

describeContract(
  'KnexKeyStore for user keys',
  keyStoreContract,
  createSqliteFile(USER_KEYS_TABLE, userTables),
);
