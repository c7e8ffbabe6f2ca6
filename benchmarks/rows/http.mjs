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

/** An endpoint that does nothing with who has called it, and one that asks. */
const endpoints = [{ path: '/items' }, { path: '/mine', mode: 'credentials' }];

/** @type {import('../harness/runRow.mjs').OwnRow[]} */
export const rows = [
  {
    name: `JSON endpoint behind the barrier, Express 5, ${CONNECTIONS} connections`,
    // Servers share a process, on three ports; who sends the requests has another.
    reference:
      'the same endpoint without a barrier, with the same requests; behind that of Backstage',
    async run({ quick }) {
      const reports = [];
      for (const { path, mode } of endpoints) {
        const server = await startProcess('httpServer');
        const client = await startProcess('load');
        try {
          const how = settings[quick ? 'quick' : 'full'];
          reports.push(report(await measure({ server, client, path }, how), mode));
        } finally {
          await client.stop();
          await server.stop();
        }
      }
      return {
        figures: reports.flatMap(({ figures }) => figures),
        targets: reports.map(({ target }) => target),
      };
    },
  },
];

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

function report(measured, mode) {
  const summary = read => summarise(measured.map(read));
  const rates = name => summary(times => times[name].rate / times.bare.rate);
  const cpu = name => ({
    mode,
    name: `${name}, CPU per request`,
    unit: '× bare',
    ...summary(times => times[name].cpu / times.bare.cpu),
  });
  return {
    figures: [
      ...NAMES.map(name => ({
        ...{ mode, name, unit: 'requests/s' },
        ...summary(times => times[name].rate),
      })),
      { mode, name: 'backstage', unit: '× bare', ...rates('backstage') },
      // What else the machine does is not in it.
      cpu('ours'),
      cpu('backstage'),
      // Below 1 it was not the server that had no time for more.
      { mode, name: 'event loop at work', unit: '×', ...summary(times => times.bare.busy) },
    ],
    target: {
      ...{ mode, name: 'as many as bare', unit: '×', ...rates('ours') },
      ...{ atLeast: 0.95, excused: 'see “What may be missed”' },
    },
  };
}
