import { describeOnServers, dropDatabases, networkServerNames } from '../databases/servers';
import { createBackend, routes } from './backend';
import { Fleet } from './Fleet';
import { seededRandom, shuffled } from './seed';
import { Traffic } from './Traffic';

const TOKENS = 10_000;
const MINUTES = 60_000;

let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
  await dropDatabases();
});

describeOnServers(
  'Three replicas of a backend',
  server => {
    async function killAndRestart(title: string, victims: number[], random: () => number) {
      fleet = new Fleet(['ours', 'ours', 'ours'], await createBackend(server));
      await fleet.start();
      const traffic = new Traffic(fleet, routes, random);
      traffic.start(6);
      for (const [round, victim] of victims.entries()) {
        await fleet.kill(victim);
        // The first tokens of a replica are signed with a key that nobody has seen yet.
        await traffic.sendFrom(await fleet.startReplica(victim), 4);
        await traffic.reach((TOKENS / victims.length) * (round + 1));
      }
      await traffic.stop();
      process.stdout.write(
        `${title} on ${server.name}: ${victims.length} rounds, ${traffic.summary}\n`,
      );
      return traffic;
    }

    it(
      'accept each other’s tokens at once while one after another is killed and started again',
      async () => {
        const title = 'Replicas killed in turn';
        const random = seededRandom(title);
        const victims = Array.from({ length: 10 }, () => shuffled([0, 1, 2], random)).flat();
        const traffic = await killAndRestart(title, victims, random);
        expect(traffic.refusals.slice(0, 5)).toEqual([]);
        expect(traffic.atOnce).toBeGreaterThanOrEqual(TOKENS);
      },
      10 * MINUTES,
    );

    it(
      'accept each other’s tokens at once while one is killed again and again',
      async () => {
        const title = 'One replica killed';
        const victims = Array.from({ length: 30 }, () => 1);
        const traffic = await killAndRestart(title, victims, seededRandom(title));
        expect(traffic.refusals.slice(0, 5)).toEqual([]);
        expect(traffic.atOnce).toBeGreaterThanOrEqual(TOKENS);
      },
      10 * MINUTES,
    );
  },
  networkServerNames,
);
