import { startProcess } from '../harness/processes.mjs';
import { summarise } from '../harness/statistics.mjs';

const CONNECTIONS = 32;

/** The bare endpoint stands between the others, so that it is the neighbour of both. */
const NAMES = ['ours', 'bare', 'backstage'];

/**
 * How many turns each of them has in a round: neighbours meet the same of what else the machine does. They are long enough
 * that most requests find the code and data of their own server in the caches, as where it has a process to itself.
 */
const TURNS = 2;

const settings = {
  full: { rounds: 45, milliseconds: 150, warmUps: 6 },
  quick: { rounds: 2, milliseconds: 10, warmUps: 1 },
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

async function measure({ server, client, path }, { rounds, milliseconds, warmUps }) {
  const { ports, path: base, tokens } = server.greeting;
  const address = { path: base + path, tokens, connections: CONNECTIONS };
  const load = async name => {
    await server.ask('begin');
    const { requests, seconds } = await client.ask('load', {
      ...address,
      port: ports[name],
      milliseconds,
    });
    const { busySeconds, cpuMicroseconds } = await server.ask('end');
    return { requests, seconds, busySeconds, cpuMicroseconds };
  };
  const measured = [];
  for (let round = -warmUps; round < rounds; round++) {
    const turns = { ours: [], bare: [], backstage: [] };
    for (let turn = 0; turn < TURNS; turn++) {
      for (const name of turn % 2 === 0 ? NAMES : NAMES.toReversed()) {
        turns[name].push(await load(name));
      }
    }
    if (round >= 0)
      measured.push(Object.fromEntries(NAMES.map(name => [name, addUp(turns[name])])));
  }
  return measured;
}

function addUp(turns) {
  const sum = name => turns.reduce((total, turn) => total + turn[name], 0);
  return {
    rate: sum('requests') / sum('seconds'),
    cpu: sum('cpuMicroseconds') / sum('requests'),
    busy: sum('busySeconds') / sum('seconds'),
  };
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
