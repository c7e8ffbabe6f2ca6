import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKnexKeyStore, MemoryKeyStore } from '@stagepass/auth-backend';
import type { LoggerService } from '@stagepass/auth-node';
import createKnex, { type Knex } from 'knex';
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
function openSqliteFile(): Promise<KeyStoreSubject> {
  const folder = mkdtempSync(join(tmpdir(), 'key-stores-'));
  folders.push(folder);
  return Promise.resolve({
    async openStore() {
      const client = createKnex({
        client: 'better-sqlite3',
        connection: { filename: join(folder, 'keys.sqlite') },
        useNullAsDefault: true,
      });
      clients.push(client);
      return createKnexKeyStore({ database: { getClient: async () => client }, logger });
    },
  });
}

describeContract('MemoryKeyStore', keyStoreContract, async () => {
  const store = new MemoryKeyStore();
  return { openStore: async () => store };
});

describeContract('a knex key store', keyStoreContract, openSqliteFile);
