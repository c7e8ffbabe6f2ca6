import createKnex from 'knex';
import { KEYS, RECORD, recorded } from '../databases/replica';
import { describeOnServers, dropDatabases } from '../databases/servers';
import { createBackend, routes } from './backend';
import { Fleet } from './Fleet';
import { seededRandom } from './seed';
import { Traffic } from './Traffic';

let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
  await dropDatabases();
});

/** How often the start is raced; many times where the race itself is looked into. */
const RUNS = Number(process.env.STAGEPASS_START_RUNS ?? 2);

// On SQLite the processes share a file, as on one machine.
describeOnServers('KEY-01 replicas that start at once on new databases', server => {
  async function startAtOnce(count: number): Promise<void> {
    const backend = await createBackend(server);
    fleet = new Fleet(
      Array.from({ length: count }, () => 'ours'),
      backend,
    );
    await fleet.start({ atOnce: true });
    expect(fleet.ready).toHaveLength(count);
    const traffic = new Traffic(fleet, routes, seededRandom(`Replicas at once on ${server.name}`));
    await Promise.all(fleet.ready.map(replica => traffic.sendFrom(replica, 1)));
    await traffic.stop();
    expect(traffic.refusals).toEqual([]);
    expect(traffic.sent).toBe(count * (count - 1) * routes.length);
    for (const settings of Object.values(backend.databases)) {
      const client = createKnex(settings);
      expect(await client(RECORD).select('id', 'name', 'batch')).toEqual(recorded);
      expect(await client(KEYS).pluck('id')).toHaveLength(count);
      await client.destroy();
    }
    await fleet.stop();
    fleet = undefined;
  }

  it(
    `three, ${RUNS} times over, make the tables once and accept each other’s first tokens`,
    async () => {
      for (let run = 0; run < RUNS; run += 1) await startAtOnce(3);
    },
    60_000 + RUNS * 30_000,
  );

  it('four make the tables once and accept each other’s first tokens', () => startAtOnce(4));
});
