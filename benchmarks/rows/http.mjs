import { startProcess } from '../harness/processes.mjs';
import { summarise } from '../harness/statistics.mjs';

const CONNECTIONS = 32;

/** The bare endpoint stands between the others, so that it is the neighbour of both. */
const NAMES = ['ours', 'bare', 'backstage'];

const settings = {
  // Many short rounds: neighbours meet the same of what else the machine does.
  full: { rounds: 45, milliseconds: 250, warmUp: 2000 },
  quick: { rounds: 2, milliseconds: 100, warmUp: 100 },
};

/** @type {import('../harness/runRow.mjs').OwnRow[]} */
export const rows = [
  row('JSON endpoint behind the barrier', '/items'),
  row('JSON endpoint behind the barrier, which asks for its credentials', '/mine'),
];

function row(name, path) {
  return {
    name: `${name}, Express 5, ${CONNECTIONS} connections`,
    // Servers share a process, on three ports; who sends the requests has another.
    reference:
      'the same endpoint without a barrier, with the same requests; behind that of Backstage',
    async run({ quick }) {
      const server = await startProcess('httpServer');
      const client = await startProcess('load');
      try {
        return report(await measure({ server, client, path }, settings[quick ? 'quick' : 'full']));
      } finally {
        await client.stop();
        await server.stop();
      }
    },
  };
}

async function measure({ server, client, path }, { rounds, milliseconds, warmUp }) {
  const { ports, path: base, tokens } = server.greeting;
  const load = (name, time) =>
    client.ask('load', {
      port: ports[name],
      path: base + path,
      tokens,
      connections: CONNECTIONS,
      milliseconds: time,
    });
  for (const name of NAMES) await load(name, warmUp);
  const measured = [];
  for (let round = 0; round < rounds; round++) {
    const times = {};
    for (const name of round % 2 === 0 ? NAMES : NAMES.toReversed()) {
      await server.ask('begin');
      const { requests, seconds, all } = await load(name, milliseconds);
      const { busy, cpuMicroseconds } = await server.ask('end');
      times[name] = { rate: requests / seconds, cpu: cpuMicroseconds / all, busy };
    }
    measured.push(times);
  }
  return measured;
}

function report(measured) {
  const summary = read => summarise(measured.map(read));
  const rates = name => summary(times => times[name].rate / times.bare.rate);
  const cpu = name => ({
    name: `${name}, CPU per request`,
    unit: '× bare',
    ...summary(times => times[name].cpu / times.bare.cpu),
  });
  return {
    figures: [
      ...NAMES.map(name => ({ name, unit: 'requests/s', ...summary(times => times[name].rate) })),
      { name: 'backstage', unit: '× bare', ...rates('backstage') },
      // What else the machine does is not in it.
      cpu('ours'),
      cpu('backstage'),
      // Below 1 it was not the server that had no time for more.
      { name: 'event loop at work', unit: '×', ...summary(times => times.bare.busy) },
    ],
    targets: [{ name: 'as many as bare', unit: '×', ...rates('ours'), atLeast: 0.95 }],
  };
}
