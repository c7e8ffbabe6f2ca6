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

// On SQLite the processes share a file, as on one machine.
describeOnServers('Four replicas that start at once on new databases', server => {
  it('are all ready, and accept each other’s first tokens', async () => {
    fleet = new Fleet(['ours', 'ours', 'ours', 'ours'], await createBackend(server));
    await fleet.start({ atOnce: true });
    expect(fleet.ready).toHaveLength(4);
    const traffic = new Traffic(fleet, routes, seededRandom(`Replicas at once on ${server.name}`));
    await Promise.all(fleet.ready.map(replica => traffic.sendFrom(replica, 1)));
    await traffic.stop();
    expect(traffic.refusals).toEqual([]);
    expect(traffic.sent).toBe(4 * 3 * routes.length);
  });
});
