import { startProcess } from '../harness/processes.mjs';
import { summarise } from '../harness/statistics.mjs';

/** Looks at the heap that often. What is remembered grows and shrinks: these do not keep time with it. */
const SAMPLES = { full: 43, quick: 8 };

/** @type {import('../harness/runRow.mjs').OwnRow[]} */
export const rows = [
  row({ kind: 'plugin', name: 'plugin tokens', count: 1_000_000, quick: 5000 }),
  row({ kind: 'user', name: 'user tokens with 180 groups', count: 40_000, quick: 500 }),
];

function row({ kind, name, count, quick }) {
  return {
    name: `memory of remembered tokens: distinct ${name}`,
    reference: 'the heap of the same process before the first of them',
    async run(context) {
      const tokens = context.quick ? quick : count;
      const child = await startProcess('rememberedTokens', { execArgv: ['--expose-gc'] });
      try {
        const samples = SAMPLES[context.quick ? 'quick' : 'full'];
        const options = { kind, count: tokens, samples };
        return report(tokens, await child.ask('authenticate', options));
      } finally {
        await child.stop();
      }
    },
  };
}

function report(tokens, { heap, tokenKibibytes }) {
  const [first, ...later] = heap;
  const growth = later.map(each => each - first);
  // By then it has forgotten many times, unless the run is a quick one.
  const half = Math.ceil(growth.length / 2);
  const drift = summarise(growth.slice(half)).value - summarise(growth.slice(0, half)).value;
  return {
    figures: [
      { name: 'distinct', value: tokens, unit: 'tokens' },
      { name: 'each', value: tokenKibibytes, unit: 'KiB' },
      { name: 'growth, median', unit: 'MiB', ...summarise(growth) },
    ],
    targets: [
      { name: 'the most growth', value: Math.max(...growth), unit: 'MiB', atMost: 20 },
      { name: 'from the first half to the second', value: drift, unit: 'MiB', atMost: 2 },
    ],
  };
}
