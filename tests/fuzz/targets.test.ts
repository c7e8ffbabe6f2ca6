import { join } from 'node:path';
import { createRandom } from '../../packages/auth-http/src/testing/random';
import { readCorpus } from './corpus';
import { Fuzzer } from './Fuzzer';
import { targets } from './targets';

// `npm run test:fuzz` tries more, and climbs by what it reaches in the code.
const INPUTS = 400;

describe('whatever strangers send', () => {
  it.each(targets.map(target => [target.name, target] as const))(
    'the promises of %s are kept',
    async (name, target) => {
      const seeds = readCorpus(join(__dirname, 'corpus'), name);
      const fuzzer = new Fuzzer(target, createRandom(1));
      const { findings, executions } = await fuzzer.run(seeds, count => count < INPUTS);
      expect(findings).toEqual([]);
      expect(executions).toBeGreaterThanOrEqual(INPUTS);
    },
  );
});
