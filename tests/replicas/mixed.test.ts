import { describeOnServers, dropDatabases, networkServerNames } from '../databases/servers';
import { createBackend, routes } from './backend';
import { Fleet } from './Fleet';
import { seededRandom } from './seed';
import { Traffic } from './Traffic';

const TOKENS = 3_000;

let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
  await dropDatabases();
});

describeOnServers(
  'A replica of Backstage’s implementation and one of ours, on one key table',
  server => {
    it('accept each other’s tokens at once, from the first one on, and after each was killed', async () => {
      const title = `Mixed fleet on ${server.name}`;
      fleet = new Fleet(['theirs', 'ours'], await createBackend(server));
      await fleet.start();
      const traffic = new Traffic(fleet, routes, seededRandom(title));
      for (const replica of fleet.ready) await traffic.sendFrom(replica, 1);
      traffic.start(4);
      for (const [round, victim] of [0, 1, 0, 1].entries()) {
        await fleet.kill(victim);
        await traffic.sendFrom(await fleet.startReplica(victim), 1);
        await traffic.reach((TOKENS / 4) * (round + 1));
      }
      await traffic.stop();
      process.stdout.write(`${title}: ${traffic.summary}\n`);
      expect(traffic.refusals.slice(0, 5)).toEqual([]);
      expect(traffic.counts).toEqual({
        'ours to theirs': expect.any(Number) as unknown,
        'theirs to ours': expect.any(Number) as unknown,
      });
      expect(traffic.atOnce).toBeGreaterThanOrEqual(TOKENS);
    }, 300_000);
  },
  networkServerNames,
);
