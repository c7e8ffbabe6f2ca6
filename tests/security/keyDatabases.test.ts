import { setImmediate as nextTurn } from 'node:timers/promises';
import { createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import type { Knex } from 'knex';
import { issueOwn } from '../../packages/auth-backend/src/testing/credentialFixtures';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { RecordingLogger } from '../../packages/auth-backend/src/testing/RecordingLogger';
import { KEYS } from '../databases/replica';
import {
  type DatabaseServer,
  describeOnServers,
  dropDatabases,
  networkServerNames,
  type TestDatabase,
} from '../databases/servers';
import { kidOf } from './UserIssuers';

const HOUR = 3_600_000;

/** How often a key is offered in the time of a trouble, each five seconds later. */
const OFFERS = 12;

/** How long the database is waited for before the test fails, in milliseconds. */
const PATIENCE = 60_000;

type Name = DatabaseServer['name'];
type Trouble = (world: World, name: Name) => Promise<() => Promise<unknown>>;

/** What ends the troubles of this file, if a test did not. */
const ends: Array<() => Promise<unknown>> = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await dropDatabases();
});

/** Holds a lock in a session of its own. */
async function lock(database: TestDatabase, statement: string, unlock: string) {
  const session = await database.openClient().transaction();
  await session.raw(statement, [KEYS]);
  return async () => {
    if (session.isCompleted()) return;
    await session.raw(unlock);
    await session.rollback();
  };
}

/** Lets nobody but itself read or write the keys. */
const lockTable: Trouble = ({ database }, name) =>
  name === 'PostgreSQL'
    ? lock(database, 'lock table ?? in access exclusive mode', 'select 1')
    : lock(database, 'lock tables ?? write', 'unlock tables');

/** In these the database does not answer; each returns how it ends. */
const silent: Array<[string, Trouble]> = [
  [
    'the only connection of which is taken',
    async ({ client }) => {
      const pool = client.client as {
        acquireConnection(): Promise<object>;
        releaseConnection(connection: object): Promise<void>;
      };
      let taken: object | undefined = await pool.acquireConnection();
      return async () => {
        if (taken) await pool.releaseConnection(taken);
        taken = undefined;
      };
    },
  ],
  ['the key table of which another holds locked', lockTable],
];

/** In these it refuses to write; each returns how it ends. */
const refusing: Array<[string, Trouble]> = [
  [
    'that ends the write to get out of a conflict with another',
    async ({ client, database }, name) => {
      const isPostgres = name === 'PostgreSQL';
      await client.raw(
        isPostgres ? "set lock_timeout = '10ms'" : 'set session innodb_lock_wait_timeout = 0',
      );
      return isPostgres
        ? lock(database, 'lock table ?? in share mode', 'select 1')
        : lock(database, 'select * from ?? for update', 'select 1');
    },
  ],
  [
    'that has become read-only',
    async ({ client }, name) => {
      const session = name === 'PostgreSQL' ? 'session characteristics as' : 'session';
      await client.raw(`set ${session} transaction read only`);
      return () => client.raw(`set ${session} transaction read write`);
    },
  ],
];

function poolOf(client: Knex): { numPendingAcquires(): number } {
  return (client.client as { pool: { numPendingAcquires(): number } }).pool;
}

interface World {
  readonly database: TestDatabase;
  readonly client: Knex;
  readonly clock: TestClock;
  readonly logger: RecordingLogger;
  readonly catalog: AuthService;
  /** How many queries of the key table were begun, and how many failed. */
  readonly queries: { inserts: number; reads: number; failed: number };
  readonly sign: () => Promise<string>;
  readonly listKids: () => Promise<string[]>;
}

/** A replica of the plugin catalog with one connection to its database, whose key is about to be replaced. */
async function start(server: DatabaseServer): Promise<World> {
  const database = await server.createDatabase();
  const client = database.openClient({ pool: { min: 1, max: 1 } });
  const clock = new TestClock();
  const logger = new RecordingLogger();
  const nowhere = () => Promise.reject(new Error('not needed'));
  const catalog = await createAuthBackend({
    clock,
    logger,
    discovery: { getBaseUrl: nowhere, getExternalBaseUrl: nowhere },
    database: { getClient: async () => client },
  }).forPlugin('catalog');
  const queries = { inserts: 0, reads: 0, failed: 0 };
  client.on('query', ({ sql }: { sql: string }) => {
    if (!sql.includes(KEYS)) return;
    if (sql.startsWith('insert')) queries.inserts += 1;
    if (sql.startsWith('select')) queries.reads += 1;
  });
  client.on('query-error', () => (queries.failed += 1));
  const sign = async () => kidOf(await issueOwn(catalog, 'scaffolder'));
  const listKids = async () =>
    (await catalog.listPublicServiceKeys()).keys.map(({ kid }) => String(kid));
  await listKids();
  clock.advance(HOUR);
  logger.entries.length = 0;
  return { database, client, clock, logger, catalog, queries, sign, listKids };
}

/** Waits for what the database brings about, which takes no time of the clock. */
async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`It did not come to this: ${String(condition)}`);
    await nextTurn();
  }
}

function hasPublished({ logger }: World): boolean {
  return logger.lines('info').some(line => line.startsWith('Published'));
}

/** Signs and lists keys for a minute of trouble, as if nothing was wrong. */
async function goThrough(world: World, first: string, isSilent: boolean): Promise<void> {
  const { clock, queries, sign, listKids } = world;
  for (let offer = 1; offer <= OFFERS; offer += 1) {
    expect(await Promise.all([sign(), sign(), sign()])).toEqual([first, first, first]);
    const asked = Promise.all([listKids(), listKids(), listKids()]);
    await settle();
    if (isSilent) clock.advance(1_000);
    expect(await asked).toEqual([[first], [first], [first]]);
    if (!isSilent) await until(() => queries.failed === offer);
    await settle();
    clock.advance(isSilent ? 4_000 : 5_000);
    await settle();
  }
}

/** Sees that the next key is taken without a restart, and signs when its time has come. */
async function recover(world: World, first: string): Promise<void> {
  const { client, clock, sign, listKids } = world;
  clock.advance(5_000);
  expect(await sign()).toBe(first);
  await until(() => hasPublished(world));
  const stored: string[] = await client(KEYS).pluck('id');
  expect(stored).toHaveLength(2);
  const next = stored.find(kid => kid !== first)!;
  expect(new Set(await listKids())).toEqual(new Set([first, next]));
  clock.advance(HOUR / 6);
  expect(await sign()).toBe(next);
}

const notTaken = ['error', 'The key store does not take the next signing key'];
const told = ({ logger }: World) => logger.entries.map(({ level, message }) => [level, message]);

describeOnServers(
  'KEY-04 a database',
  server => {
    it.each(silent)(
      '%s: signing and the key set go on, nothing piles up, and all is well afterwards',
      async (_, trouble) => {
        const world = await start(server);
        const { queries, client, logger } = world;
        const first = await world.listKids().then(([kid]) => kid!);
        const before = { ...queries };
        const end = await trouble(world, server.name);
        ends.push(end);
        await goThrough(world, first, true);
        expect(told(world).sort()).toEqual([
          notTaken,
          ['warn', 'The key store cannot be read; publishing the keys last read'],
        ]);
        // In a minute, one read and one offer each five seconds, most of which have not even a connection.
        const pool = poolOf(client);
        const begun = queries.inserts + queries.reads - before.inserts - before.reads;
        expect(begun).toBeLessThanOrEqual(2);
        expect(pool.numPendingAcquires()).toBeLessThanOrEqual(2 * OFFERS + 2);
        await end();
        await until(() => pool.numPendingAcquires() === 0);
        await recover(world, first);
        expect(logger.lines('info')).toContain('The key store can be read again');
      },
    );

    it.each(refusing)(
      '%s: signing and the key set go on, the same key is offered again, and taken afterwards',
      async (_, trouble) => {
        const world = await start(server);
        const { queries } = world;
        const [first = ''] = await world.listKids();
        const before = { ...queries };
        const end = await trouble(world, server.name);
        ends.push(end);
        await goThrough(world, first, false);
        expect(told(world)).toEqual([notTaken]);
        expect(queries.inserts - before.inserts).toBe(OFFERS);
        // Before each offer but the first, whether the key is there; and the key set for who asks.
        expect(queries.reads - before.reads).toBeLessThanOrEqual(4 * OFFERS);
        await end();
        await recover(world, first);
        expect(queries.inserts - before.inserts).toBe(OFFERS + 1);
      },
    );

    it('that takes four seconds takes each key once, and nothing is told', async () => {
      const world = await start(server);
      const { queries, clock } = world;
      const [first = ''] = await world.listKids();
      const before = queries.inserts;
      const end = await lockTable(world, server.name);
      ends.push(end);
      expect(await world.sign()).toBe(first);
      await until(() => queries.inserts > before);
      clock.advance(4_000);
      expect(await world.sign()).toBe(first);
      await end();
      await until(() => hasPublished(world));
      expect(told(world).filter(([level]) => level !== 'info')).toEqual([]);
      await recover(world, first);
      expect(queries.inserts - before).toBe(1);
    });
  },
  networkServerNames,
);
