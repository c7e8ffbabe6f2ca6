import type { Knex } from 'knex';

/** What kind of database a client speaks to, in knex's words; all of MySQL's family are `mysql`. */
export function dialectOf(client: Knex): string {
  return (client.client as { dialect: string }).dialect;
}

/**
 * Runs work that changes tables. In SQLite it gets the file to itself: with knex's own transactions two
 * writers would each wait for the other, and, when both are in one process, hold up the process meanwhile.
 * The other databases keep writers apart by themselves.
 *
 * @throws what the database says, `SQLITE_BUSY` when it is another's turn
 */
export async function takeWritersTurn<TResult>(
  client: Knex,
  work: (client: Knex) => Promise<TResult>,
): Promise<TResult> {
  if (dialectOf(client) !== 'sqlite3') return work(client);
  try {
    return await client.transaction(async transaction => {
      await lockFile(transaction);
      return work(transaction);
    });
  } catch (error) {
    // A commit that fails leaves its transaction open, and knex uses the connection again.
    await client.raw('rollback').catch(() => {});
    throw error;
  }
}

/** Trades the transaction for one that may write from the start, without waiting for it. */
async function lockFile(transaction: Knex): Promise<void> {
  const [{ timeout }] = (await transaction.raw('pragma busy_timeout')) as [{ timeout: number }];
  await transaction.raw('pragma busy_timeout = 0');
  await transaction.raw('rollback');
  try {
    await transaction.raw('begin immediate');
  } catch (error) {
    // Knex is about to end a transaction.
    await transaction.raw('begin');
    throw error;
  } finally {
    await transaction.raw(`pragma busy_timeout = ${Number(timeout)}`);
  }
}
