import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnServers, dropDatabases } from '../databases/servers';
import { createBackend, routes } from '../replicas/backend';
import { Fleet } from '../replicas/Fleet';
import { ReplicaClient } from '../replicas/ReplicaClient';
import type { Verdict } from '../replicas/replicaProcess';
import { note } from './figures';

/** How many requests a replica has in flight when it is told to end. */
const IN_FLIGHT = 1_000;

/** How many callers there are besides, at the load balancer. */
const STREAMS = 8;

let fleet: Fleet;
const client = new ReplicaClient();

afterEach(async () => {
  client.close();
  await fleet.stop();
  await dropDatabases();
});

// On SQLite the replicas share files, as on one machine.
describeOnServers(
  'Three replicas behind a load balancer',
  server => {
    it(`RUN-04 that are restarted one by one, each with ${IN_FLIGHT} requests in flight: fail none, under load`, async () => {
      fleet = new Fleet(['ours', 'ours', 'ours'], await createBackend(server));
      await fleet.start();
      const balancer = fleet.balancer.port;
      const failures: string[] = [];
      let answered = 0;
      let stopped = false;
      const judge = async (call: () => Promise<Verdict>) => {
        try {
          const { accepted, said } = await call();
          if (!accepted) failures.push(said);
          answered += 1;
        } catch (error) {
          failures.push(String(error));
        }
      };
      const [, to] = routes[0]!;
      const streams = Array.from({ length: STREAMS }, async () => {
        while (!stopped) {
          await judge(async () =>
            client.verify(balancer, to, await client.issue(balancer, routes[0]!)),
          );
        }
      });

      const ends: unknown[] = [];
      for (const index of [0, 1, 2]) {
        const { port } = fleet.ready[index]!;
        const issued = await client.issue(balancer, routes[0]!);
        const flying = Array.from({ length: IN_FLIGHT }, () =>
          judge(() => client.verifyHeld(port, to, issued)),
        );
        await busy(port, IN_FLIGHT);
        ends.push(await fleet.replace(index));
        await Promise.all(flying);
      }
      stopped = true;
      await Promise.all(streams);

      note({
        name: `Rolling restart on ${server.name}, ${IN_FLIGHT} requests in flight at each SIGTERM: failed`,
        figure: `${failures.length} of ${failures.length + answered}`,
        bound: '0',
      });
      expect(failures.slice(0, 5)).toEqual([]);
      expect(fleet.balancer.reasons).toEqual([]);
      expect(ends).toEqual([0, 1, 2].map(() => ({ code: 0, signal: null })));
      expect(answered).toBeGreaterThan(3 * IN_FLIGHT);
    }, 120_000);
  },
  ['SQLite', 'PostgreSQL'],
);

/** Waits until a replica has so many requests in flight. */
async function busy(port: number, requests: number): Promise<void> {
  for (;;) {
    const found = JSON.parse(await client.post(port, '/busy')) as { requests: number };
    if (found.requests > requests) return;
    await sleep(20);
  }
}
