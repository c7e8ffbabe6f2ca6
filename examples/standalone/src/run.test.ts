import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run, type Surroundings } from './run';
import { journeys } from './walk/journeys';
import { actionOf, nothingSaved } from './walk/takeWalk';

const home = resolve(__dirname, '..');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stagepass-run-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function start(surroundings: Partial<Surroundings>) {
  const printed: string[] = [];
  const complaints: string[] = [];
  const running = await run({
    args: ['--data', join(directory, 'data')],
    env: { PORT: '0' },
    cwd: directory,
    home,
    print: line => printed.push(line),
    complain: line => complaints.push(line),
    ...surroundings,
  });
  await running?.stop();
  return { running, printed, complaints };
}

it('says first where it listens, and then what to try there', async () => {
  const { running, printed, complaints } = await start({});
  expect(running?.url).toMatch(/^http:\/\/localhost:\d+$/);
  expect(printed.slice(0, 5)).toEqual([
    `Listening on ${running?.url}`,
    '',
    `Open ${running?.url} in a browser: sign in, make the calls, and see hop by hop what travels and who is believed.`,
    '',
    'Or paste these into another terminal, from top to bottom:',
  ]);
  expect(printed).toContain(`URL=${running?.url}`);
  expect(complaints).toEqual([]);
});

it('prints only commands that send what the walk sends, too', async () => {
  const { printed } = await start({});
  const requests = printed
    .filter(line => line.includes('curl '))
    .map(line => {
      const method = / -d /.test(line) ? 'POST' : (/-X (\w+)/.exec(line)?.[1] ?? 'GET');
      return `${method} ${/\$URL(\/[^\s|)]*)/.exec(line)?.[1]}`;
    });
  const walked = journeys
    .flatMap(({ steps }) => steps.map(step => actionOf(step, nothingSaved('http://localhost:1'))))
    .flatMap(action => (action.do === 'send' ? [action.request] : []))
    .map(({ method = 'GET', path }) => `${method} ${path}`);
  expect(requests.length).toBeGreaterThan(10);
  expect(requests.filter(request => !walked.includes(request))).toEqual([]);
});

it('keeps its commands to itself where another configuration is used', async () => {
  await writeFile(join(directory, 'mine.yaml'), 'backend: { listen: { port: 1 } }');
  const { running, printed } = await start({
    args: ['--data', 'data'],
    env: { PORT: '0', STAGEPASS_CONFIG: 'mine.yaml' },
  });
  expect(printed).toEqual([`Listening on ${running?.url}`]);
});

it.each<[string, Partial<Surroundings>, string]>([
  [
    'an unknown option',
    { args: ['--confg', 'x'] },
    'expected no options but --config <file> and --data <directory>, found --confg x',
  ],
  [
    'a port that is none',
    { env: { PORT: 'http' } },
    'PORT: expected a whole number from 0 to 65535, found "http"',
  ],
  [
    'a file that is not there, named on the command line',
    { args: ['--config', 'missing.yaml'], env: { STAGEPASS_CONFIG: 'other.yaml' } },
    'missing.yaml: cannot be read (ENOENT)',
  ],
  [
    'a file that is not there, named in the environment',
    { args: [], env: { STAGEPASS_CONFIG: 'missing.yaml' } },
    'missing.yaml: cannot be read (ENOENT)',
  ],
])('tells %s in one line', async (_, surroundings, line) => {
  const { running, printed, complaints } = await start(surroundings);
  expect({ running, printed, complaints }).toEqual({
    running: undefined,
    printed: [],
    complaints: [line],
  });
});

it('tells in one line when there can be no data directory', async () => {
  await writeFile(join(directory, 'file'), '');
  const data = join(directory, 'file', 'data');
  const { running, complaints } = await start({ args: ['--data', data] });
  expect(running).toBeUndefined();
  expect(complaints).toEqual([`${data}: cannot make the data directory (ENOTDIR)`]);
});
