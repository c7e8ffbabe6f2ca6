import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import createKnex, { type Knex } from 'knex';

/** The settings of a knex instance, as JSON, so that they can be handed to another process. */
export interface ClientSettings {
  client: string;
  connection: string | { filename: string };
  searchPath?: string[];
  useNullAsDefault?: boolean;
  pool?: { min: number; max: number };
}

/** A new database of a test. */
export interface TestDatabase {
  readonly settings: ClientSettings;
  /** Opens a client with a pool of its own, as another process would. */
  openClient(overrides?: Partial<ClientSettings>): Knex;
}

/** A database server, real or built in, that a suite runs on. */
export interface DatabaseServer {
  readonly name: 'SQLite' | 'PostgreSQL' | 'MariaDB';
  /** Makes an empty database with a random name. {@link dropDatabases} removes it, with its clients. */
  createDatabase(): Promise<TestDatabase>;
}

interface NetworkServer {
  readonly name: 'PostgreSQL' | 'MariaDB';
  readonly client: string;
  readonly variable: string;
  readonly url: string;
  readonly port: string;
  readonly create: string;
  readonly drop: string;
}

const networkServers: readonly NetworkServer[] = [
  {
    name: 'PostgreSQL',
    client: 'pg',
    variable: 'STAGEPASS_POSTGRES_URL',
    url: process.env.STAGEPASS_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres',
    port: '5432',
    create: 'create database ?? template template0',
    // Replicas that were killed can leave sessions behind.
    drop: 'drop database ?? with (force)',
  },
  {
    name: 'MariaDB',
    client: 'mysql2',
    variable: 'STAGEPASS_MARIADB_URL',
    url: process.env.STAGEPASS_MARIADB_URL ?? 'mysql://root@127.0.0.1:3306/test',
    port: '3306',
    create: 'create database ??',
    drop: 'drop database ??',
  },
];

const clients: Knex[] = [];
const cleanUps: Array<() => Promise<unknown>> = [];

/** Closes the clients and removes the databases of this file; for `afterEach` or `afterAll`. */
export async function dropDatabases(): Promise<void> {
  await Promise.all(clients.splice(0).map(client => client.destroy()));
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
}

/** Those that are reached over a network; for SQLite, files stand in for a server. */
export const networkServerNames: ReadonlyArray<DatabaseServer['name']> = ['PostgreSQL', 'MariaDB'];

/** Runs a suite on each of the servers, by default on all. */
export function describeOnServers(
  title: string,
  define: (server: DatabaseServer) => void,
  names: ReadonlyArray<DatabaseServer['name']> = ['SQLite', ...networkServerNames],
): void {
  if (names.includes('SQLite')) describe(`${title} on SQLite`, () => define(sqlite));
  for (const server of networkServers) {
    if (names.includes(server.name)) describeOnServer(title, server, define);
  }
}

function describeOnServer(
  title: string,
  server: NetworkServer,
  define: (server: DatabaseServer) => void,
): void {
  const name = `${title} on ${server.name}`;
  const { hostname, port = server.port } = readUrl(server.url);
  if (answers(hostname, port)) {
    describe(name, () => define({ name: server.name, createDatabase: () => create(server) }));
    return;
  }
  const remedy = `no ${server.name} answers at ${hostname}:${port}; start one, or name one in ${server.variable}`;
  if (process.env.CI) {
    describe(name, () => {
      it('finds a server', () => {
        throw new Error(remedy);
      });
    });
    return;
  }
  process.stderr.write(`SKIPPED ${name}: ${remedy}\n`);
  describe.skip(`${name} (${remedy})`, () => define({ name: server.name, createDatabase: never }));
}

function readUrl(url: string): { hostname: string; port?: string } {
  const { hostname, port } = new URL(url);
  return { hostname: hostname.replace(/^\[|\]$/g, ''), ...(port !== '' && { port }) };
}

/** Whether a suite runs must be known when it is defined, which leaves no time to wait. */
function answers(host: string, port: string): boolean {
  const script = `require('node:net').connect(${Number(port)}, ${JSON.stringify(host)})
    .on('connect', () => process.exit(0)).on('error', () => process.exit(1))`;
  return spawnSync(process.execPath, ['-e', script], { timeout: 5_000 }).status === 0;
}

async function create(server: NetworkServer): Promise<TestDatabase> {
  const name = `stagepass_test_${randomBytes(8).toString('hex')}`;
  const runAsAdmin = async (statement: string) => {
    const admin = createKnex({ client: server.client, connection: server.url });
    try {
      await admin.raw(statement, [name]);
    } finally {
      await admin.destroy();
    }
  };
  await runAsAdmin(server.create);
  cleanUps.push(() => runAsAdmin(server.drop));
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return database({
    client: server.client,
    connection: url.href,
    useNullAsDefault: true,
    pool: { min: 0, max: 4 },
  });
}

const sqlite: DatabaseServer = {
  name: 'SQLite',
  createDatabase() {
    const folder = mkdtempSync(join(tmpdir(), 'stagepass-databases-'));
    cleanUps.push(() => Promise.resolve(rmSync(folder, { recursive: true })));
    const filename = join(folder, 'database.sqlite');
    return Promise.resolve(
      database({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true }),
    );
  },
};

function database(settings: ClientSettings): TestDatabase {
  return {
    settings,
    openClient(overrides) {
      const client = createKnex({ ...settings, ...overrides, log: silentKnexLog });
      clients.push(client);
      return client;
    },
  };
}

/** Knex speaks to the console of every race that migrators run into. */
const silentKnexLog = { warn() {}, error() {}, deprecate() {}, debug() {} };

function never(): Promise<never> {
  return Promise.reject(new Error('not run'));
}
