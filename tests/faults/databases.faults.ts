import {
  type ClientSettings,
  describeOnServers,
  dropDatabases,
  networkServerNames,
} from '../databases/servers';
import { Fleet } from '../replicas/Fleet';
import { ReplicaClient } from '../replicas/ReplicaClient';
import { chooseSeed, randomFrom } from '../replicas/seed';
import { DatabaseRun } from './DatabaseRun';
import { RUNS } from './faultPlan';
import { FaultProxy } from './FaultProxy';
import { largest, note } from './figures';

/** How long after a fault of its database a replica may not issue tokens, in milliseconds. */
const BOUND = 10_000;

const ROUNDS = 2;

/** An hour is four seconds: so often are keys replaced, and so long does a key sign on in an outage. */
const SPEED = 900;

describeOnServers(
  'Databases behind faults',
  server => {
    const title = `Databases behind faults on ${server.name}`;
    const seed = chooseSeed(title);
    const runs: DatabaseRun[] = [];

    beforeAll(async () => {
      const client = new ReplicaClient();
      const proxies: FaultProxy[] = [];
      const direct: Record<string, ClientSettings> = {};
      const behind: Record<string, ClientSettings> = {};
      for (let number = 0; number < RUNS; number += 1) {
        const random = randomFrom(seed + number);
        const { settings } = await server.createDatabase();
        const url = new URL(String(settings.connection));
        const proxy = new FaultProxy({ port: Number(url.port), host: url.hostname, random });
        proxies.push(proxy);
        const ports = () => fleet.ready.map(({ port }) => port);
        const run = new DatabaseRun({ run: number, random, proxy, client, ports, bound: BOUND });
        runs.push(run);
        direct[run.plugin] = { ...settings, pool: { min: 0, max: 1 } };
        url.host = `127.0.0.1:${await proxy.start()}`;
        behind[run.plugin] = { ...settings, connection: url.href, pool: { min: 0, max: 2 } };
      }
      const fleet = new Fleet(['ours', 'ours'], index => ({
        backends: [...runs.map(({ plugin }) => [plugin]), ['gateway']],
        databases: index === 0 ? behind : direct,
        time: { since, speed: SPEED, ahead: 0 },
      }));
      const since = Date.now();
      await fleet.start({ atOnce: true });
      await Promise.all(runs.map(run => run.go(ROUNDS)));
      client.close();
      await fleet.stop();
      await Promise.all(proxies.map(proxy => proxy.stop()));
    }, 300_000);
    afterAll(dropDatabases);

    it.each(Array.from({ length: RUNS }, (_, run) => [seed + run, run] as const))(
      'RUN-09 seed %d: tokens that are issued are accepted, bad ones never, and issued in time',
      (_, run) => {
        const { violations, counts } = runs[run]!;
        expect(violations.slice(0, 5)).toEqual([]);
        expect(Math.min(counts.issued, counts.bad)).toBeGreaterThan(0);
      },
    );

    it('RUN-09 all kinds of faults occurred, and keys were replaced', () => {
      const sum = (name: keyof DatabaseRun['counts']) =>
        runs.map(({ counts }) => counts[name]).reduce((a, b) => a + b);
      const recoveries = runs.flatMap(run => run.recoveries);
      const kinds = ['latency', 'reset', 'refuse', 'hang', 'half-open', 'drip'];
      note(
        { name: `${title}: seeds`, figure: `${seed} … ${seed + RUNS - 1}` },
        {
          name: `${title}: bad tokens accepted`,
          figure: `${sum('badAccepted')} of ${sum('bad')}`,
          bound: '0',
        },
        {
          name: `${title}: tokens issued, by how many keys`,
          figure: `${sum('issued')}, ${runs.reduce((all, { kids }) => all + kids.size, 0)}`,
        },
        { name: `${title}: requests for a token answered 503`, figure: `${sum('notIssued')}` },
        {
          name: `${title}: tokens with new keys answered 503 meanwhile`,
          figure: `${sum('undecided')}`,
        },
        ...kinds.map(kind => ({
          name: `${title}: until tokens are issued and accepted after ${kind}`,
          figure: largest(recoveries.filter(({ after }) => after === kind).map(({ time }) => time)),
          bound: `${BOUND} ms`,
        })),
      );
      expect(new Set(runs.flatMap(run => [...run.faults]))).toEqual(new Set(kinds));
      expect(new Set(runs.flatMap(run => [...run.kids])).size).toBeGreaterThan(2 * RUNS);
    });
  },
  networkServerNames,
);
