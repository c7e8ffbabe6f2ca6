import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '@backstage/types';
import fc from 'fast-check';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import type { Measurement } from '../delegation/Meter';
import { PluginProcesses } from '../delegation/PluginProcesses';
import { startKeySetServer } from '../interop/keySetServer';
import { hostileRequest, STATIC_TOKEN } from '../refusals/hostile';
import { bearer, type Sent } from '../refusals/World';
import { chooseSeed, randomFrom } from '../replicas/seed';
import { note, percentile } from './figures';
import { junkRequests } from './junk';
import { LoadGenerator, type Shot } from './LoadGenerator';

/**
 * Good requests alone, first ever more of them until the plugin is as busy as with the others, and then half of them with
 * as many bad ones, in milliseconds.
 */
const MORE_AND_MORE = 20_000;
const GOOD_ALONE = 12_000;
const MIXED = 36_000;

/** How often the process is measured, in milliseconds, and the load set anew. */
const STEP = 4_000;

/** How busy the event loop of the plugin is kept. */
const BUSY = 0.8;

/** How many times the processor time of a good request any request may cost where half of them are bad. */
const MOST_COST = 3;

/** What a request may leave behind in memory, in bytes: less than an entry of a map. */
const LEFT_BEHIND = 64;

/** How much the heap differs from one collection to another in any case, in bytes. */
const NOISE = 2 ** 20;

/** How many log lines all bad requests may cause in a second, however many they are. */
const MOST_LINES = 10;

/** What the plugin did in a step, and how many requests it answered. */
interface Step extends Measurement {
  readonly requests: number;
}

const title = 'Soak';

describe(title, () => {
  const plugins = new PluginProcesses();
  const seed = chooseSeed(title);
  const random = randomFrom(seed);
  const alone: Step[] = [];
  const mixed: Step[] = [];
  let load: LoadGenerator;
  let aloneTimes: number[];

  beforeAll(async () => {
    const installation = new Installation();
    installation.clock.setTime(Date.now());
    const keySets = await startKeySetServer();
    keySets.plugins.set('catalog', async () => ({ keys: [installation.catalogKey.jwk] }));
    keySets.users = async () => ({ keys: [installation.userKey.jwk] });
    const keySetPort = Number(new URL(await keySets.discovery.getBaseUrl('')).port);
    const externalAccess = [{ type: 'static', options: { token: STATIC_TOKEN, subject: 'ci' } }];
    await plugins.start(
      [
        {
          pluginId: 'scaffolder',
          implementation: 'ours',
          config: { backend: { auth: { externalAccess } } } as JsonObject,
        },
      ],
      { now: null, others: { catalog: keySetPort, auth: keySetPort } },
    );
    const next = shots(installation, random, seed);
    load = new LoadGenerator({
      ...{ port: plugins.portOf('scaffolder'), rate: 300 },
      next: () => next.good(),
    });
    load.start();
    await keepBusy(MORE_AND_MORE, []);
    load.goodTimes.splice(0);
    await keepBusy(GOOD_ALONE, alone);
    aloneTimes = load.goodTimes.splice(0);
    const mixing = new LoadGenerator({
      ...{ port: plugins.portOf('scaffolder'), rate: load.rate },
      next: () => (random() < 0.5 ? next.good() : next.bad()),
    });
    await load.stop();
    load = mixing;
    load.start();
    await keepBusy(MIXED, mixed);
    await load.stop();
    await plugins.stop();
    await keySets.close();
  }, 180_000);

  async function keepBusy(duration: number, steps: Step[]): Promise<void> {
    await plugins.measure('scaffolder');
    for (let time = 0; time < duration; time += STEP) {
      const before = load.sent;
      await sleep(STEP);
      const measurement = await plugins.measure('scaffolder');
      steps.push({ ...measurement, requests: load.sent - before });
      const factor = BUSY / Math.max(0.05, measurement.utilization);
      load.rate *= Math.min(2, Math.max(0.5, factor));
    }
  }

  const last = (steps: readonly Step[]) => steps.slice(1);
  const most = (steps: readonly Step[], of: (it: Step) => number) =>
    last(steps).reduce((largest, it) => Math.max(largest, of(it)), 0);
  const mean = (steps: readonly Step[], of: (it: Step) => number) => average(last(steps).map(of));

  it('RUN-02 answers every good request while half of all is junk', () => {
    const { counts, wrong } = load;
    note(
      { name: `${title}: seed`, figure: `${seed}` },
      {
        name: `${title}: busy, requests a second`,
        figure: `${Math.round(100 * average(last(mixed).map(it => it.utilization)))} %, ${Math.round(load.sent / (MIXED / 1_000))}`,
      },
      {
        name: `${title}: good requests that failed`,
        figure: `${wrong.filter(it => it.startsWith('good')).length} of ${counts.good}`,
        bound: '0',
      },
      {
        name: `${title}: bad requests that were let in, or answered 500`,
        figure: `${wrong.filter(it => !it.startsWith('good')).length} of ${counts.bad + counts.hostile}`,
        bound: '0',
      },
    );
    // How long callers wait depends on what else the machine does: a figure, and no more.
    note({
      name: `${title}: p99 of good requests, without and with junk`,
      figure:
        [aloneTimes, load.goodTimes].map(it => percentile(it, 0.99).toFixed(1)).join(' ms, ') +
        ' ms',
    });
    process.stdout.write(`${title}: ${JSON.stringify(load.statuses)}\n`);
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(counts.good).toBeGreaterThan(1_000);
    expect(Math.abs(counts.good / load.sent - 0.5)).toBeLessThan(0.1);
  });

  it('RUN-02 costs no more for a request than without the junk, by much', () => {
    const cost = (steps: readonly Step[]) =>
      mean(steps, it => it.processorTime) / mean(steps, it => it.requests);
    const [without, withJunk] = [cost(alone), cost(mixed)];
    // How long the event loop cannot be reached depends on what comes at once and on the machine: figures, and no more.
    const both = (of: (it: Step) => number, all = mean) =>
      [alone, mixed].map(it => `${all(it, of).toFixed(1)} ms`).join(', ');
    note(
      {
        name: `${title}: busy, without and with junk`,
        figure: [alone, mixed]
          .map(it => `${Math.round(100 * mean(it, ({ utilization }) => utilization))} %`)
          .join(', '),
      },
      {
        name: `${title}: processor time of a request, without and with junk`,
        figure: [without, withJunk].map(it => `${Math.round(1_000 * it)} µs`).join(', '),
        bound: `${MOST_COST} times`,
      },
      {
        name: `${title}: median event-loop delay, without and with junk`,
        figure: both(it => it.loopDelay.median),
      },
      {
        name: `${title}: p99 of the event-loop delay, without and with junk`,
        figure: both(it => it.loopDelay.p99),
      },
      {
        name: `${title}: longest event-loop delay, without and with junk`,
        figure: both(it => it.loopDelay.max, most),
      },
    );
    expect(withJunk).toBeLessThan(MOST_COST * without);
  });

  it('RUN-02 LOG-04 leaves no memory behind, and few log lines', () => {
    const heaps = mixed.map(({ heap }) => heap);
    const half = Math.floor(heaps.length / 2);
    const [earlier, later] = [
      Math.min(...heaps.slice(1, half + 1)),
      Math.min(...heaps.slice(half + 1)),
    ];
    const requests = mixed.slice(-half).reduce((all, it) => all + it.requests, 0);
    const lines = mixed.reduce((all, it) => all + it.logLines, 0);
    note(
      {
        name: `${title}: heap after collections`,
        figure: heaps.map(heap => (heap / 2 ** 20).toFixed(1)).join(' ') + ' MiB',
      },
      {
        name: `${title}: left in memory by a request, from the first half to the second`,
        figure: `${((later - earlier) / requests).toFixed(1)} bytes`,
        bound: `${LEFT_BEHIND} bytes`,
      },
      {
        name: `${title}: log lines, bad requests`,
        figure: `${lines}, ${load.counts.bad + load.counts.hostile}`,
        bound: `${MOST_LINES * (MIXED / 1_000)}`,
      },
    );
    expect(later - earlier).toBeLessThan(Math.max(NOISE, LEFT_BEHIND * requests));
    expect(lines).toBeLessThan(MOST_LINES * (MIXED / 1_000));
  });
});

function average(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

/** What good and bad callers send. */
function shots(installation: Installation, random: () => number, seed: number) {
  const plugin = installation.pluginToken();
  const user = installation.userToken();
  const limited = installation.limitedUserToken();
  const cookie = { cookie: `backstage-auth=${limited}` };
  const goodRequests: Sent[] = [
    { headers: bearer(plugin) },
    { headers: bearer(user) },
    { headers: bearer(STATIC_TOKEN) },
    { headers: bearer(installation.pluginToken({ obo: limited })) },
    { path: '/users', headers: bearer(user) },
    { path: '/users', headers: bearer(installation.pluginToken({ obo: limited })) },
    { path: '/calls', headers: bearer(user) },
    { path: '/view', headers: cookie },
    { path: '/public' },
  ];
  const good = goodRequests.map((sent): Shot => ({
    sent,
    kind: 'good',
    isRight: status => status === 200,
  }));
  const bad = Array.from({ length: 5 }, () => junkRequests({ plugin, user, limited }))
    .flat()
    .map((sent): Shot => ({
      ...{ sent, kind: 'bad' },
      isRight: status => (status >= 400 && status < 500) || status === 503,
    }));
  const now = Math.floor(Date.now() / 1_000);
  // Some of these are good by chance.
  const hostile = fc
    .sample(hostileRequest(now), { numRuns: 1_000, seed })
    .map((sent): Shot => ({ sent, kind: 'hostile', isRight: status => status !== 500 }));
  const pick = (list: readonly Shot[]) => list[Math.floor(random() * list.length)]!;
  return { good: () => pick(good), bad: () => pick(random() < 0.5 ? bad : hostile) };
}
