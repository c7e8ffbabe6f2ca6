import createKnex, { type Knex } from 'knex';

const clients: Knex[] = [];

/** Opens a SQLite database: in memory, of its own, unless a file is named. */
export function openSqlite(filename = ':memory:'): Knex {
  const client = createKnex({
    client: 'better-sqlite3',
    connection: { filename },
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  });
  clients.push(client);
  return client;
}

/** Closes what was opened; for `afterEach`. */
export async function closeSqlite(): Promise<void> {
  await Promise.all(clients.splice(0).map(client => client.destroy()));
}
