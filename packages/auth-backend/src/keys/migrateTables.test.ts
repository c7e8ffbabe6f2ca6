import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestClock } from '@stagepass/auth-test-utils';
import { invalidConfig, keysUnavailable, rejectionOf } from '../testing/refusals';
import { closeSqlite, openSqlite } from '../testing/sqlite';
import { migrateTables, type SqlTables } from './migrateTables';

const RECORD = 'things__knex_migrations';
const LOCK = `${RECORD}_lock`;

const things: SqlTables = {
  tables: ['things'],
  migrationsTable: RECORD,
  migrations: [
    {
      name: '1_things.js',
      up: knex => knex.schema.createTable('things', table => table.string('id')),
      down: knex => knex.schema.dropTable('things'),
    },
  ],
};

/** Waits, in turns of the event loop, until the migration waits for the clock. */
async function untilItWaits(clock: TestClock): Promise<void> {
  while (clock.pendingTimers === 0) await new Promise(resolve => setImmediate(resolve));
}

/** Lets the clock run whenever somebody waits for it, until the promise is settled. */
async function hurry<TResult>(clock: TestClock, promise: Promise<TResult>): Promise<TResult> {
  let settled = false;
  const end = () => void (settled = true);
  promise.then(end, end);
  while (!settled) {
    clock.advance({ seconds: 10 });
    await new Promise(resolve => setImmediate(resolve));
  }
  return promise;
}

/** Knex tells the console of what fails, beside the error: keeps that away, and returns it. */
function silence(client: ReturnType<typeof openSqlite>) {
  const { logger } = client.client as { logger: { warn(): void; error(): void } };
  jest.spyOn(logger, 'error').mockReturnValue();
  return jest.spyOn(logger, 'warn').mockReturnValue();
}

afterEach(closeSqlite);

/** A database in which the migration has run, or of which a part was undone. */
async function setUp({ undone = false } = {}) {
  const client = openSqlite();
  const clock = new TestClock();
  await migrateTables(client, things, clock);
  if (undone) {
    await client.schema.dropTable('things');
    await client(RECORD).delete();
  }
  return { client, clock, migrate: () => migrateTables(client, things, clock) };
}

describe('migrateTables', () => {
  it('makes the tables, waits for nothing, and leaves them alone the next time', async () => {
    const { client, clock, migrate } = await setUp();
    await client('things').insert({ id: 'one' });
    await migrate();
    expect(await client('things').pluck('id')).toEqual(['one']);
    expect(await client(RECORD).select('name', 'batch')).toEqual([
      { name: '1_things.js', batch: 1 },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('goes on as soon as a lock that another migrator holds is released', async () => {
    const { client, clock, migrate } = await setUp({ undone: true });
    await client(LOCK).update({ is_locked: 1 });
    const migrated = migrate();
    await untilItWaits(clock);
    expect(await client.schema.hasTable('things')).toBe(false);
    await client(LOCK).update({ is_locked: 0 });
    clock.advance(50);
    await migrated;
    expect(await client.schema.hasTable('things')).toBe(true);
  });

  it('is done when another migrator did it meanwhile', async () => {
    const { client, clock, migrate } = await setUp({ undone: true });
    await client(LOCK).update({ is_locked: 1 });
    const migrated = migrate();
    await untilItWaits(clock);
    await client.schema.createTable('things', table => table.string('id'));
    await client(RECORD).insert({ name: '1_things.js', batch: 1 });
    clock.advance(50);
    await migrated;
    expect(await client(RECORD).pluck('name')).toEqual(['1_things.js']);
  });

  it.each([
    ['without the table', false, ''],
    ['with the table', true, `drop the table things, which has no record in ${RECORD}, then `],
  ])('gives up when the lock stays held %s, and says what to do', async (_, withTable, first) => {
    const { client, clock, migrate } = await setUp({ undone: true });
    await client(LOCK).update({ is_locked: 1 });
    if (withTable) await client.schema.createTable('things', table => table.string('id'));
    const attempts = silence(client);
    const refusal = await hurry(clock, rejectionOf(migrate()));
    expect(refusal).toMatchObject({
      ...keysUnavailable,
      reason:
        `the migration lock ${LOCK} is held, and was not released in ten seconds; ` +
        'if no replica is at its migrations now, one was stopped in the middle of them: ' +
        `${first}set is_locked to 0 in ${LOCK}, and start again`,
    });
    expect(attempts).not.toHaveBeenCalled();
  });

  it('removes spare rows of the lock table, whether or not the tables are made', async () => {
    for (const undone of [true, false]) {
      const { client, migrate } = await setUp({ undone });
      await client(LOCK).insert([{ is_locked: 0 }, { is_locked: 0 }]);
      await migrate();
      expect(await client(LOCK).select()).toEqual([{ index: 1, is_locked: 0 }]);
    }
  });

  it('leaves spare rows alone while one of them is held', async () => {
    const { client, migrate } = await setUp();
    await client(LOCK).update({ is_locked: 1 });
    await client(LOCK).insert({ is_locked: 0 });
    await migrate();
    expect(await client(LOCK).pluck('is_locked')).toEqual([1, 0]);
  });

  it('refuses a record that is not of its migrations, at once', async () => {
    const { client, clock, migrate } = await setUp();
    await client(RECORD).insert({ name: '2_more.js', batch: 2 });
    await expect(migrate()).rejects.toMatchObject(
      invalidConfig(
        `database: expected ${RECORD} to record ["1_things.js"] alone, found ["2_more.js"]; ` +
          'it was written by a newer version, or by another program: give the plugin a database of its own, or go back to that version',
      ),
    );
    await client(RECORD).where({ name: '1_things.js' }).delete();
    await expect(migrate()).rejects.toMatchObject({ code: 'AUTH_CONFIG_INVALID' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('refuses a record whose table is not there, at once', async () => {
    const { client, migrate } = await setUp();
    await client.schema.dropTable('things');
    await expect(migrate()).rejects.toMatchObject(
      invalidConfig(
        `database: ${RECORD} says that the table things was made, but it is not there; ` +
          `restore it, or delete the rows of ${RECORD} so that it is made again`,
      ),
    );
  });

  it('refuses a table that has no record', async () => {
    const { client, clock, migrate } = await setUp();
    await client(RECORD).delete();
    const attempts = silence(client);
    const refusal = await hurry(clock, rejectionOf(migrate()));
    expect(refusal).toMatchObject(
      invalidConfig(
        `database: the table things is there, but ${RECORD} does not record the migration ["1_things.js"] that makes it; ` +
          'if it is empty, drop it; if it was made by other means, set migrations.skip',
      ),
    );
    expect(attempts).not.toHaveBeenCalled();
  });

  it('tells what the database says, when that is why the tables cannot be made', async () => {
    const client = openSqlite();
    const clock = new TestClock();
    silence(client);
    const unable: SqlTables = {
      ...things,
      migrations: [{ ...things.migrations[0]!, up: () => Promise.reject(new Error('disk full')) }],
    };
    const refusal = await hurry(clock, rejectionOf(migrateTables(client, unable, clock)));
    expect(refusal).toMatchObject({
      ...keysUnavailable,
      reason: `the tables of ${RECORD} cannot be made: "disk full"`,
    });
    await migrateTables(client, things, clock);
  });

  it('does not wait for a database that does not answer', async () => {
    const client = openSqlite('/dev/null/not-a-folder/file.sqlite');
    silence(client);
    const refusal = await rejectionOf(migrateTables(client, things, new TestClock()));
    expect(refusal).toMatchObject(keysUnavailable);
    expect(refusal.reason).toMatch(/^the database of the keys does not answer: "/);
  });

  it('takes turns with other connections to a new SQLite file, without holding up the process', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'migrate-tables-'));
    const clients = Array.from({ length: 5 }, () => openSqlite(join(folder, 'new.sqlite')));
    const clock = new TestClock();
    await hurry(clock, Promise.all(clients.map(client => migrateTables(client, things, clock))));
    for (const client of clients) {
      expect(await client(RECORD).select('id', 'name')).toEqual([{ id: 1, name: '1_things.js' }]);
      // What a connection was set to it is set to again.
      expect(await client.raw('pragma busy_timeout')).toEqual([{ timeout: 5000 }]);
    }
    await closeSqlite();
    await rm(folder, { recursive: true });
  });
});
