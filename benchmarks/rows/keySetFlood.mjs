import { startProcess } from '../harness/processes.mjs';

const CONNECTIONS = 32;

/** How many queries there may be at once, so that nobody waits who is not one of many. */
const AT_ONCE = 10;

/** @type {import('../harness/runRow.mjs').OwnRow[]} */
export const rows = [
  {
    name: `key-set endpoint under flood, keys in SQLite, ${CONNECTIONS} connections`,
    reference: "Backstage's, which asks its database for each request",
    async run({ quick }) {
      const server = await startProcess('keySetEndpoints');
      const client = await startProcess('load');
      try {
        const ours = await flood('ours', { server, client, milliseconds: quick ? 1500 : 15_000 });
        const theirs = { server, client, milliseconds: quick ? 300 : 3000 };
        const backstage = await flood('backstage', theirs);
        return report(ours, backstage);
      } finally {
        await client.stop();
        await server.stop();
      }
    },
  },
];

async function flood(name, { server, client, milliseconds }) {
  const { ports, path } = server.greeting;
  await server.ask('begin', name);
  const options = { port: ports[name], path, connections: CONNECTIONS, milliseconds };
  const load = await client.ask('load', options);
  const { queries, seconds } = await server.ask('end', name);
  return { queries, seconds, answersPerSecond: load.requests / load.seconds };
}

function report(ours, backstage) {
  const figures = Object.entries({ ours, backstage }).flatMap(
    ([name, { queries, seconds, answersPerSecond }]) => [
      { name: `${name}:`, value: queries / seconds, unit: 'queries/s' },
      { name: 'with', value: answersPerSecond, unit: 'answers/s' },
    ],
  );
  // One in a second that has begun is one per second.
  const value = Math.max(0, ours.queries - AT_ONCE) / Math.ceil(ours.seconds);
  const name = `after the first ${AT_ONCE}`;
  return { figures, targets: [{ name, value, unit: 'queries/s', atMost: 1 }] };
}
