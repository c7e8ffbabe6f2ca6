import { createRandom } from '../../packages/auth-http/src/testing/random';
import { Coverage } from './Coverage';
import { Fuzzer } from './Fuzzer';
import type { Target } from './Target';

const base: Target = {
  name: 'toy',
  sources: ['toy.ts'],
  dictionary: [],
  maxLength: 100,
  stepsPerByte: 1,
  check() {},
};

const DEEP = 'a0Z:9-';

/** A reader that is broken six steps deep, and counts its steps as instrumented code does. */
function createDeepReader() {
  const s: Record<string, number> = Object.fromEntries([...DEEP].map((_, index) => [index, 0]));
  const check = (input: Buffer) => {
    for (const [index, letter] of [...DEEP].entries()) {
      if (input[index] !== letter.charCodeAt(0)) return;
      s[index] = (s[index] ?? 0) + 1;
    }
    throw new Error('broken');
  };
  return { target: { ...base, check }, counters: { 'toy.ts': { s, f: {}, b: {} } } };
}

describe('Fuzzer', () => {
  it('reaches by the coverage what it does not reach by chance', async () => {
    const { target, counters } = createDeepReader();
    const goesOn = (executions: number) => executions < 30_000;
    const blind = await new Fuzzer(target, createRandom(1)).run([Buffer.from('x')], goesOn);
    expect(blind.findings).toEqual([]);

    const coverage = new Coverage(counters);
    const fuzzer = new Fuzzer(target, createRandom(1), coverage);
    const { findings, reached } = await fuzzer.run([Buffer.from('x')], goesOn);
    expect(coverage.share(target.sources, reached)).toEqual({ of: 6, reached: 6 });
    expect(findings.map(({ input }) => input.toString())).toEqual([DEEP]);
  });

  it('does the same with the same seed', async () => {
    const run = async (seed: number) => {
      const inputs: string[] = [];
      const check = (input: Buffer) => void inputs.push(input.toString('latin1'));
      const fuzzer = new Fuzzer({ ...base, check }, createRandom(seed));
      await fuzzer.run([Buffer.from('some seed')], executions => executions < 100);
      return inputs;
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  it('shortens what breaks a promise, and tells each promise once', async () => {
    const check = (input: Buffer) => {
      if (input.includes('b')) throw new Error('no b');
    };
    const fuzzer = new Fuzzer({ ...base, check }, createRandom(1));
    const seeds = ['aaabaaa', 'xxbxx'].map(text => Buffer.from(text));
    const { findings } = await fuzzer.run(seeds, () => false);
    expect(findings).toEqual([{ input: Buffer.from('b'), error: new Error('no b') }]);
  });

  it('finds what takes too many steps, and what is rejected', async () => {
    const s = { 0: 0 };
    const slow = (input: Buffer) => void (s[0] += input.length ** 3);
    const coverage = new Coverage({ 'toy.ts': { s, f: {}, b: {} } });
    const fuzzer = new Fuzzer({ ...base, check: slow }, createRandom(1), coverage);
    const { findings } = await fuzzer.run([Buffer.alloc(30)], () => false);
    expect(findings.map(({ input }) => input.length)).toEqual([18]);

    const check = () => Promise.reject(new Error('later'));
    const later = new Fuzzer({ ...base, check }, createRandom(1));
    expect((await later.run([Buffer.from('a')], () => false)).findings).toHaveLength(1);
  });
});
