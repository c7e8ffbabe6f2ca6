import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run, type Running } from '../run';
import { compare } from './compare';
import type { Expected } from './expected';
import { journeys } from './journeys';
import { mutationsOf } from './mutations';
import type { Stage, Taken } from './step';
import { takeWalk } from './takeWalk';

const home = resolve(__dirname, '../..');
let directory: string;
let backend: Running | undefined;
const log: string[] = [];
const walk: Taken[] = [];

/** The same as in the smoke run, but in this process. */
const stage: Stage = {
  get url() {
    return backend?.url ?? '';
  },
  async restart() {
    await backend?.stop();
    backend = await startBackend();
    return { exitCode: 0 };
  },
  async start(config) {
    if (config !== undefined) await writeFile(join(directory, 'app-config.yaml'), config);
    const stdout: string[] = [];
    const stderr: string[] = [];
    const second = await run({
      args: ['--config', 'app-config.yaml', '--data', join(directory, 'other')],
      env: {},
      cwd: directory,
      home,
      print: line => stdout.push(line),
      complain: line => stderr.push(line),
    });
    await second?.stop();
    return { exitCode: second ? 0 : 1, stdout, stderr };
  },
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stagepass-walk-'));
  backend = await startBackend();
  for await (const taken of takeWalk(journeys, stage)) walk.push(taken);
}, 60_000);

afterAll(async () => {
  await backend?.stop();
  await rm(directory, { recursive: true });
});

it('finds every step as expected', () => {
  expect(walk.length).toBeGreaterThan(50);
  expect(failures(walk.map(taken => taken.expected))).toEqual([]);
});

it('fails at exactly the step of which an expectation is changed', () => {
  const expectations = walk.map(taken => taken.expected);
  const unnoticed: string[] = [];
  let mutations = 0;
  for (const [index, { step, expected }] of walk.entries()) {
    for (const mutation of mutationsOf(expected)) {
      mutations += 1;
      const found = failures(expectations.with(index, mutation.expected));
      if (found.length === 1 && found[0] === step.name) continue;
      unnoticed.push(`${step.name}: ${mutation.change}: ${found.join(', ') || 'all steps pass'}`);
    }
  }
  expect(unnoticed).toEqual([]);
  expect(mutations).toBeGreaterThan(1000);
});

it('gives every step another name', () => {
  expect(new Set(walk.map(({ step }) => step.name)).size).toBe(walk.length);
});

it('writes neither tokens nor passwords to the log', () => {
  expect(log).toContainEqual(expect.stringContaining('expected three non-empty segments'));
  expect(log.join('\n')).not.toMatch(/eyJ|demo-|likes-/);
});

async function startBackend(): Promise<Running | undefined> {
  return run({
    args: ['--data', join(directory, 'data')],
    env: { PORT: '0' },
    cwd: directory,
    home,
    print() {},
    complain: line => log.push(line),
  });
}

/** The names of the steps that fail, were these the expectations. */
function failures(expectations: Expected[]): string[] {
  return walk
    .filter(({ found }, index) => compare(expectations[index] ?? null, found).length > 0)
    .map(({ step }) => step.name);
}
