import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnServers, dropDatabases, networkServerNames } from '../databases/servers';
import { createBackend, routes } from '../replicas/backend';
import { Fleet } from '../replicas/Fleet';
import { seededRandom } from '../replicas/seed';
import { Traffic } from '../replicas/Traffic';
import { spoilWith } from './badTokens';
import { note } from './figures';

/** How long replicas are killed and started, in milliseconds. */
const DURATION = 20_000;

/** An hour is four seconds: so often is each key replaced. */
const SPEED = 900;

/** The clocks of the replicas, in milliseconds: those of the first and the last are 60 s apart. */
const AHEAD = [-30_000, 0, 30_000] as const;

/** How long after its start a replica is killed at the latest, in milliseconds: often before it is ready. */
const LONGEST_LIFE = 3_000;

let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
  await dropDatabases();
});

describeOnServers(
  'Three replicas',
  server => {
    it('RUN-09 KEY-02 TIM-07 that rotate their keys, with clocks apart, and are killed at any moment: refuse no good token and accept no bad one', async () => {
      const title = `Replicas killed at any moment on ${server.name}`;
      const random = seededRandom(title);
      const backend = await createBackend(server);
      const since = Date.now();
      fleet = new Fleet(['ours', 'ours', 'ours'], index => ({
        ...backend,
        time: { since, speed: SPEED, ahead: AHEAD[index]! },
      }));
      await fleet.start();
      const traffic = new Traffic(fleet, routes, random, spoilWith(random));
      traffic.start(6);
      const end = performance.now() + DURATION;
      let kills = 0;
      let unborn = 0;
      for (; performance.now() < end; kills += 1) {
        const victim = Math.floor(random() * AHEAD.length);
        // Two replicas are always there for the traffic; the third one dies once while it serves, and once
        // wherever it stands on its way to that.
        await fleet.kill(victim);
        let isReady = false;
        const start = fleet.startReplica(victim).then(
          () => (isReady = true),
          () => {},
        );
        await Promise.race([sleep(LONGEST_LIFE * random()), traffic.failure]);
        if (!isReady) unborn += 1;
        await fleet.kill(victim);
        await start;
        // The first tokens of a replica are signed with a key that nobody has seen yet.
        await traffic.sendFrom(await fleet.startReplica(victim), 2);
      }
      await traffic.stop();
      note(
        {
          name: `${title}: good tokens refused`,
          figure: `${traffic.refusals.length} of ${traffic.sent}`,
          bound: '0',
        },
        {
          name: `${title}: bad tokens accepted`,
          figure: `${traffic.mistakes.length} of ${traffic.badRefused}`,
          bound: '0',
        },
        {
          name: `${title}: kills, before the replica was ready`,
          figure: `${2 * kills}, ${unborn}`,
        },
      );
      process.stdout.write(`${title}: ${traffic.summary}\n`);
      expect(traffic.refusals.slice(0, 5)).toEqual([]);
      expect(traffic.mistakes.slice(0, 5)).toEqual([]);
      expect(Math.min(traffic.sent, traffic.badRefused, kills)).toBeGreaterThan(2);
    }, 120_000);
  },
  networkServerNames,
);
