import { startKeySetServer } from '../interop/keySetServer';
import { Fleet } from '../replicas/Fleet';
import { ReplicaClient } from '../replicas/ReplicaClient';
import { chooseSeed, randomFrom } from '../replicas/seed';
import { RUNS } from './faultPlan';
import { FaultProxy } from './FaultProxy';
import { largest, note } from './figures';
import { KeySetRun } from './KeySetRun';

/**
 * How long after a fault a good token may be refused, in milliseconds: five seconds, and one for a machine that
 * has other things to do.
 */
const BOUND = 6_000;

const ROUNDS = 4;

const title = 'Key sets behind faults';

describe(title, () => {
  const seed = chooseSeed(title);
  const runs: KeySetRun[] = [];

  beforeAll(async () => {
    const keySets = await startKeySetServer();
    const client = new ReplicaClient();
    const baseUrls: Record<string, string> = {};
    const proxies: FaultProxy[] = [];
    for (let number = 0; number < RUNS; number += 1) {
      const random = randomFrom(seed + number);
      const target = Number(new URL(await keySets.discovery.getBaseUrl('')).port);
      const proxy = new FaultProxy({ port: target, random });
      proxies.push(proxy);
      const run = new KeySetRun({
        ...{ run: number, random, proxy, client },
        port: () => fleet.ready[0]!.port,
      });
      baseUrls[run.verifier] = `http://127.0.0.1:${await proxy.start()}`;
      keySets.plugins.set(run.issuer, () => Promise.resolve({ keys: run.published }));
      runs.push(run);
    }
    const backends = runs.map(({ verifier }) => [verifier]);
    const fleet = new Fleet(['ours'], { backends, baseUrls, databases: {} });
    await fleet.start();
    await Promise.all(runs.map(run => run.go(ROUNDS, BOUND)));
    client.close();
    await fleet.stop();
    await Promise.all(proxies.map(proxy => proxy.stop()));
    await keySets.close();
  }, 300_000);

  it.each(Array.from({ length: RUNS }, (_, run) => [seed + run, run] as const))(
    'RUN-09 seed %d: bad tokens are never accepted, known keys never refused, new ones in time',
    (_, run) => {
      const { violations, recoveries, counts } = runs[run]!;
      expect(violations.slice(0, 5)).toEqual([]);
      expect(recoveries.filter(({ time }) => time > BOUND)).toEqual([]);
      expect(Math.min(counts.known, counts.bad, counts.rotations)).toBeGreaterThan(ROUNDS);
    },
  );

  it('RUN-09 all kinds of faults occurred', () => {
    const recoveries = runs.flatMap(run => run.recoveries);
    const sum = (name: keyof KeySetRun['counts']) =>
      runs.map(({ counts }) => counts[name]).reduce((a, b) => a + b);
    const kinds = ['latency', 'reset', 'refuse', 'hang', 'half-open', 'drip'];
    note(
      { name: `${title}: seeds`, figure: `${seed} … ${seed + RUNS - 1}` },
      {
        name: `${title}: bad tokens accepted`,
        figure: `${sum('badAccepted')} of ${sum('bad')}`,
        bound: '0',
      },
      {
        name: `${title}: known keys refused`,
        figure: `${sum('knownRefused')} of ${sum('known')}`,
        bound: '0',
      },
      {
        name: `${title}: slowest token with a known key, during faults`,
        figure: largest(runs.flatMap(run => run.knownTimes)),
      },
      {
        name: `${title}: new keys, ${sum('rotations')} of them, answered 503 meanwhile`,
        figure: `${sum('undecided')} of ${sum('withNewKey')}`,
      },
      ...[...kinds, 'publication'].map(kind => ({
        name: `${title}: until a new key is accepted after ${kind}`,
        figure: largest(recoveries.filter(({ after }) => after === kind).map(({ time }) => time)),
        bound: `${BOUND} ms`,
      })),
    );
    expect(new Set(recoveries.map(({ after }) => after))).toEqual(
      new Set(['start', 'publication', ...kinds]),
    );
  });
});
