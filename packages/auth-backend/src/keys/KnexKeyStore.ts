import type { KeyStore, LoggerService, StoredKey } from '@stagepass/auth-node';
import { quote } from '@stagepass/auth-node/internal';
import type { Knex } from 'knex';
import { readPublicJwk, requirePublicJwk } from './importKey';
import { STORE_DEADLINE } from './GuardedKeyStore';
import { dialectOf } from './writersTurn';

/** The columns of a key table, as Backstage's migration makes them. */
interface KeyRow {
  id: string;
  /** JSON of the public key. */
  key: string;
  /** ISO 8601 in UTC with milliseconds, so that the order of the text is the order of the times. */
  expires_at: string;
}

/** The time of the database in UTC as the same text, whatever the time zone of a session or a server. */
const times: Readonly<Record<string, string>> = {
  sqlite3: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
  postgresql: `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  mysql: "date_format(utc_timestamp(3), '%Y-%m-%dT%H:%i:%s.%fZ')",
};

/** A key store in a table of a SQL database, shared by all replicas that use the database. */
export class KnexKeyStore implements KeyStore {
  readonly #client: Knex;
  readonly #table: string;
  readonly #logger: LoggerService;
  /** What was told of rows that cannot be read: the table is read often, and by who asks from outside. */
  #told: ReadonlySet<string> = new Set();

  /** @param options - `client`: a database in which the migrations of the table have run */
  constructor(options: { client: Knex; table: string; logger: LoggerService }) {
    this.#client = options.client;
    this.#table = options.table;
    this.#logger = options.logger;
  }

  async addKey({ key, expiresAt }: StoredKey): Promise<void> {
    const row: KeyRow = {
      id: key.kid,
      key: JSON.stringify(requirePublicJwk(key)),
      expires_at: expiresAt.toISOString(),
    };
    await this.#rows().insert(row);
  }

  async listKeys(): Promise<StoredKey[]> {
    const rows = await this.#rows().select('id', 'key', 'expires_at');
    const problems = new Set<string>();
    const keys = rows.flatMap(row => {
      const key = readRow(row);
      if (typeof key !== 'string') return key;
      problems.add(`Ignoring the row ${quote(row.id)} of ${this.#table}: the key ${key}`);
      return [];
    });
    for (const problem of problems) if (!this.#told.has(problem)) this.#logger.warn(problem);
    this.#told = problems;
    return keys.sort((a, b) => +a.expiresAt - +b.expiresAt);
  }

  async deleteKeysExpiredBefore(time: Date): Promise<void> {
    await this.#rows().where('expires_at', '<', time.toISOString()).delete();
  }

  async now(): Promise<Date> {
    const dialect = dialectOf(this.#client);
    const time = times[dialect];
    if (time === undefined) throw new Error(`The time of a database of ${dialect} is not known`);
    const [row] = (await this.#client
      .select(this.#client.raw(`${time} as store_time`))
      .timeout(STORE_DEADLINE)) as Array<{ store_time: string }>;
    return new Date(row?.store_time ?? NaN);
  }

  #rows() {
    // Of a query without an answer, knex then drops the connection, which is no good to anybody.
    return this.#client<KeyRow>(this.#table).timeout(STORE_DEADLINE);
  }
}

/** Returns the key, or a text that says why it cannot be used. */
function readRow(row: KeyRow): StoredKey | string {
  const expiresAt = new Date(row.expires_at);
  const key = readPublicJwk(parseJson(row.key));
  if (typeof key === 'string') return key;
  return key.kid === row.id && !Number.isNaN(+expiresAt)
    ? { key, expiresAt }
    : 'has another kid or an unreadable expiry';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
