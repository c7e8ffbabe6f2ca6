import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import knex, { type Knex } from 'knex';
import { StartError } from './StartError';

/** The databases of a backend: one SQLite file per plugin. */
export interface Databases {
  /** The database of a plugin; the same client each time. */
  getClient(pluginId: string): Promise<Knex>;
  close(): Promise<void>;
}

/**
 * Opens databases in a directory, which is made if it is missing.
 *
 * @throws StartError when the directory cannot be made
 */
export function createDatabases(directory: string): Databases {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new StartError(
      `cannot make the data directory (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  const clients = new Map<string, Knex>();

  return {
    async getClient(pluginId) {
      const client = clients.get(pluginId) ?? open(join(directory, `${pluginId}.sqlite`));
      clients.set(pluginId, client);
      return client;
    },
    async close() {
      await Promise.all([...clients.values()].map(client => client.destroy()));
    },
  };
}

function open(filename: string): Knex {
  return knex({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true });
}
