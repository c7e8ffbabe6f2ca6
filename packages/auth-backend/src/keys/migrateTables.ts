import { type AuthError, type Clock, isAuthError } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { Knex } from 'knex';
import { databaseUnavailable, requireAnswer } from './databaseFailure';
import { takeWritersTurn } from './writersTurn';

interface Migration {
  readonly name: string;
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

/** Tables of ours, and the knex migrations that make them, recorded in a table of their own. */
export interface SqlTables {
  readonly tables: readonly string[];
  readonly migrationsTable: string;
  readonly migrations: readonly Migration[];
}

interface LockRow {
  readonly index: number;
  readonly is_locked: number;
}

/** What stands in the database. */
interface State {
  /** The names of the migrations that the record table has. */
  readonly recorded: readonly string[];
  /** Those of knex's lock table: one, unless two migrators made it at the same time. */
  readonly lockRows: readonly LockRow[];
  /** Those of our tables that are there. */
  readonly tables: readonly string[];
}

/**
 * Pauses between attempts, in milliseconds: together far longer than a migration takes. Replicas that start
 * on a new database at the same time get in each other's way, at the tables of knex itself too.
 */
const PAUSES = [50, 100, 200, 400, 800, 1_600, 3_200, 3_200];

/**
 * Makes the tables that are missing, while other replicas may be doing the same. What an attempt failed with
 * says little, and each database says it in another way: what stands in the database decides whether the
 * work is done, is worth another attempt, or is an operator's.
 *
 * @throws Error `AUTH_CONFIG_INVALID` when the database holds what migrations cannot go on from
 * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when it does not answer, or does not let us migrate
 */
export async function migrateTables(client: Knex, tables: SqlTables, clock: Clock): Promise<void> {
  let failure: unknown;
  for (const pause of [0, ...PAUSES]) {
    if (pause > 0) await new Promise<void>(resolve => clock.setTimeout(resolve, pause));
    try {
      if (await attempt(client, tables)) return;
    } catch (error) {
      if (isAuthError(error)) throw error;
      await requireAnswer(client);
      failure = error;
    }
  }
  throw await explain(client, tables, failure);
}

/** Returns whether the tables are there. */
async function attempt(client: Knex, tables: SqlTables): Promise<boolean> {
  const state = await readState(client, tables);
  if (!isRecorded(state, tables)) return takeWritersTurn(client, turn => migrate(turn, tables));
  refuseForeignRecords(state, tables);
  refuseMissingTables(state, tables);
  if (state.lockRows.length > 1) {
    await takeWritersTurn(client, turn => removeSpareLocks(turn, tables));
  }
  return true;
}

/** Returns whether it was possible. */
async function migrate(client: Knex, tables: SqlTables): Promise<boolean> {
  await removeSpareLocks(client, tables);
  const state = await readState(client, tables);
  refuseForeignRecords(state, tables);
  // Another replica is at work, or was stopped in the middle of it.
  if (isLocked(state) || hasStrayTables(state)) return false;
  await client.migrate.latest({
    tableName: tables.migrationsTable,
    migrationSource: {
      getMigrations: () => Promise.resolve([...tables.migrations]),
      getMigrationName: migration => migration.name,
      getMigration: migration => Promise.resolve(migration),
    } satisfies Knex.MigrationSource<Migration>,
  });
  await removeSpareLocks(client, tables);
  return true;
}

async function readState(client: Knex, names: SqlTables): Promise<State> {
  // In this order, since a migration makes its tables before its record.
  const recorded = (await client.schema.hasTable(names.migrationsTable))
    ? await client<{ name: string }>(names.migrationsTable).pluck('name')
    : [];
  const lockRows = await readLocks(client, names);
  const tables: string[] = [];
  for (const table of names.tables) if (await client.schema.hasTable(table)) tables.push(table);
  return { recorded, lockRows, tables };
}

async function readLocks(client: Knex, { migrationsTable }: SqlTables): Promise<LockRow[]> {
  const lockTable = `${migrationsTable}_lock`;
  if (!(await client.schema.hasTable(lockTable))) return [];
  return client<LockRow>(lockTable).orderBy('index');
}

function isRecorded({ recorded }: State, { migrations }: SqlTables): boolean {
  return migrations.every(({ name }) => recorded.includes(name));
}

function isLocked({ lockRows }: State): boolean {
  return lockRows.some(row => row.is_locked !== 0);
}

/** Tells whether there are tables without a record, as there are for a moment where tables are not made in transactions. */
function hasStrayTables({ recorded, tables }: State): boolean {
  return recorded.length === 0 && tables.length > 0;
}

/**
 * Two migrators on a new database can leave two rows in the lock table. Knex then takes the lock to be held
 * for ever, in every implementation that uses the table, so all but the first row are removed.
 */
async function removeSpareLocks(client: Knex, names: SqlTables): Promise<void> {
  if ((await readLocks(client, names)).length < 2) return;
  const lockTable = `${names.migrationsTable}_lock`;
  await client.transaction(async trx => {
    const rows = await trx<LockRow>(lockTable).orderBy('index').forUpdate();
    const spare = rows.slice(1).map(({ index }) => index);
    if (rows.every(row => row.is_locked === 0)) await trx(lockTable).whereIn('index', spare).del();
  });
}

function refuseForeignRecords({ recorded }: State, { migrations, migrationsTable }: SqlTables) {
  const known = migrations.map(({ name }) => name);
  const foreign = recorded.filter(name => !known.includes(name));
  if (foreign.length === 0) return;
  throw createAuthError(
    'AUTH_CONFIG_INVALID',
    `database: expected ${migrationsTable} to record ${quote(known)} alone, found ${quote(foreign)}; ` +
      'it was written by a newer version, or by another program: give the plugin a database of its own, or go back to that version',
  );
}

function refuseMissingTables(state: State, { tables, migrationsTable }: SqlTables) {
  const missing = tables.filter(table => !state.tables.includes(table));
  if (missing.length === 0) return;
  throw createAuthError(
    'AUTH_CONFIG_INVALID',
    `database: ${migrationsTable} says that the table ${missing.join(', ')} was made, but it is not there; ` +
      `restore it, or delete the rows of ${migrationsTable} so that it is made again`,
  );
}

/** Says what keeps the tables from being made, and what an operator can do about it. */
async function explain(client: Knex, names: SqlTables, failure: unknown): Promise<AuthError> {
  const { migrationsTable, migrations } = names;
  const state = await readState(client, names).catch(() => undefined);
  const made = state?.tables.join(', ') ?? '';
  if (state && isLocked(state)) {
    return createAuthError(
      'AUTH_KEYS_UNAVAILABLE',
      `the migration lock ${migrationsTable}_lock is held, and was not released in ten seconds; ` +
        'if no replica is at its migrations now, one was stopped in the middle of them: ' +
        (made && `drop the table ${made}, which has no record in ${migrationsTable}, then `) +
        `set is_locked to 0 in ${migrationsTable}_lock, and start again`,
      { cause: failure },
    );
  }
  if (made) {
    return createAuthError(
      'AUTH_CONFIG_INVALID',
      `database: the table ${made} is there, but ${migrationsTable} does not record the migration ` +
        `${quote(migrations.map(({ name }) => name))} that makes it; if it is empty, drop it; ` +
        'if it was made by other means, set migrations.skip',
      { cause: failure },
    );
  }
  return databaseUnavailable(`the tables of ${migrationsTable} cannot be made`, failure);
}
