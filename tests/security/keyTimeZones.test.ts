import { createKnexKeyStore } from '@stagepass/auth-backend';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { startBackstageReplica } from '../databases/replica';
import { describeOnServers, dropDatabases, type TestDatabase } from '../databases/servers';
import { silentLogger as logger } from '../databases/silentLogger';
import { Program } from './Program';
import type { ZoneSettings } from './timeZones';

const program = new Program('timeZones.ts');

afterEach(dropDatabases);
afterAll(() => program.remove());

const statements = {
  SQLite: '',
  PostgreSQL: "set time zone 'America/St_Johns'",
  MariaDB: "set time_zone = '-03:30'",
};

/** Hours that summer time makes twice, or not at all, in St John’s, in London and at the end of a year. */
const instants = [
  '2026-03-08T05:29:59.999Z',
  '2026-03-08T05:30:00.000Z',
  '2026-03-29T01:30:00.123Z',
  '2026-11-01T03:59:59.987Z',
  '2026-11-01T04:30:00.001Z',
  '2026-12-31T23:59:59.999Z',
  '2038-01-19T03:14:08.000Z',
];

const zones = ['America/St_Johns', 'UTC', 'Pacific/Kiritimati', 'Europe/London'];

function runIn(zone: string, settings: ZoneSettings) {
  const { stdout, stderr } = program.run({ env: { TZ: zone, ZONE: JSON.stringify(settings) } });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as { listed: string[]; behind: number; offset: number };
}

describeOnServers('KEY-08 an expiry', server => {
  async function listHere(database: TestDatabase): Promise<string[]> {
    const client = database.openClient();
    const store = await createKnexKeyStore({
      database: { getClient: () => Promise.resolve(client) },
      pluginId: 'catalog',
      logger,
    });
    return (await store.listKeys()).map(({ expiresAt }) => expiresAt.toISOString());
  }

  it.each(['ours', 'Backstage'])(
    'is read back as the same instant in whatever time zone, from a table made by %s',
    async maker => {
      const database = await server.createDatabase();
      if (maker === 'Backstage') await startBackstageReplica(database.openClient());
      const key = createKey('k').jwk;
      const common = { database: database.settings, statement: statements[server.name], key };
      for (const [index, zone] of zones.entries()) {
        const run = runIn(zone, { ...common, store: index === 0 ? instants : [] });
        expect(run.listed).toEqual(instants);
        expect(run.offset).toBe({ 'America/St_Johns': 210, 'Pacific/Kiritimati': -840 }[zone] ?? 0);
        // The clock of the database, which in these tests is that of the host.
        expect(Math.abs(run.behind)).toBeLessThan(60_000);
      }
      expect(await listHere(database)).toEqual(instants);
    },
  );
});
