import { createKnexKeyStore } from '@stagepass/auth-backend';
import type { PublicJwk } from '@stagepass/auth-node';
import createKnex from 'knex';
import type { ClientSettings } from '../databases/servers';
import { silentLogger as logger } from '../databases/silentLogger';

/** What the test tells the process, as JSON in the environment variable `ZONE`. */
export interface ZoneSettings {
  database: ClientSettings;
  /** The time zone of the session, as a statement; none for SQLite. */
  statement: string;
  key: PublicJwk;
  /** Expiries, in ISO 8601, that the process stores. */
  store: string[];
}

const { database, statement, key, store } = JSON.parse(process.env.ZONE ?? '') as ZoneSettings;

void (async () => {
  const client = createKnex({ ...database, pool: { min: 1, max: 1 } });
  if (statement !== '') await client.raw(statement);
  const keys = await createKnexKeyStore({
    database: { getClient: () => Promise.resolve(client) },
    pluginId: 'catalog',
    logger,
  });
  for (const [index, time] of store.entries()) {
    await keys.addKey({
      key: { ...key, kid: `${process.env.TZ} ${index}` },
      expiresAt: new Date(time),
    });
  }
  const now = await keys.now?.();
  const listed = (await keys.listKeys()).map(({ expiresAt }) => expiresAt.toISOString());
  const offset = new Date('2026-01-01T12:00:00Z').getTimezoneOffset();
  process.stdout.write(
    JSON.stringify({ listed, behind: Date.now() - (now?.getTime() ?? NaN), offset }),
  );
  await client.destroy();
})();
