import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../projectFiles';

interface Figure {
  name: string;
  unit: string;
  at: number;
  value: number;
  growth?: number;
}

interface Report {
  mode: string;
  sweeps: Array<{ name: string; reference: string; figures: Figure[]; error?: string }>;
}

/** A sweep whose figures are known beforehand. */
const known = (figures: Figure[]) => `[{
  name: 'more & more',
  reference: 'things',
  run: async () => ({ figures: ${JSON.stringify(figures)} }),
}]`;

const time = (name: string, at: number, value: number, growth: number) => ({
  ...{ name, unit: 'µs', at, value, growth },
});

const heap = (at: number, value: number) => ({ name: 'heap', unit: 'MB', at, value });

const figures = [
  ...[time('verify', 1, 2, 1), time('verify', 100, 3, 1.5)],
  ...[time('refuse', 1, 1, 1), time('refuse', 100, 100, 99)],
  ...[heap(1, 0.5), heap(100, 1.49)],
];

describe('the program that runs sweeps', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stagepass-sweeps-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function sweep(rows: string, ...args: string[]) {
    writeFileSync(join(folder, 'some.mjs'), `export const rows = await (async () => ${rows})();\n`);
    const program = join(root, 'benchmarks/sweep.mjs');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [program, '--sweeps', '--files', folder, '--out', folder, ...args],
      { encoding: 'utf8' },
    );
    const report = () => JSON.parse(readFileSync(join(folder, 'sweeps.json'), 'utf8')) as Report;
    return { status, stdout, stderr, report };
  }

  it('prints each line with its points, and whether it grew', () => {
    const { status, stdout, stderr } = sweep(known(figures));
    expect(stdout).toContain(
      [
        '### more & more',
        '',
        '| things | unit | 1   | 100  | growth      |',
        '| ------ | ---- | --- | ---- | ----------- |',
        '| verify | µs   | 2   | 3    | 1.5 ×, flat |',
        '| refuse | µs   | 1   | 100  | 99 ×        |',
        '| heap   | MB   | 0.5 | 1.49 | 10 kB each  |',
      ].join('\n'),
    );
    expect(stderr).toMatch(/^1 passed, 0 failed$/m);
    expect(status).toBe(0);
  });

  it('measures in a quick run the two least points, and closes what it opened', () => {
    const harness = pathToFileURL(join(root, 'benchmarks/harness/sweep.mjs')).href;
    const { status, report } = sweep(
      `{
        const { sweepRow } = await import(${JSON.stringify(harness)});
        const open = new Map();
        process.on('exit', () => {
          if (open.size > 0) process.exitCode = 5;
        });
        return [sweepRow({
          name: 'more',
          axis: 'things',
          points: [1, 10, 100],
          setUp: async (_, points) => points.at(-1),
          async open(point, _, most) {
            const own = Symbol(point);
            open.set(own, point);
            const check = found => {
              if (found !== most) throw new Error('expected 10, found ' + found);
            };
            return {
              lines: { double: { prepare: count => Array(count).fill(most), run: n => n, check } },
              close: () => open.delete(own),
            };
          },
        })];
      }`,
      '--quick',
    );
    expect(report().sweeps[0]?.error).toBeUndefined();
    expect(report().sweeps[0]?.figures.map(({ name, unit, at }) => [name, unit, at])).toEqual([
      ['double', 'µs', 1],
      ['double', 'µs', 10],
      ['heap', 'MB', 1],
      ['heap', 'MB', 10],
    ]);
    expect(report().sweeps[0]?.figures[0]?.growth).toBe(1);
    expect(status).toBe(0);
  });

  it('draws time and memory, and links both from the page', () => {
    const page = join(folder, 'page.md');
    const [begin, end] = ['<!-- sweeps: begin -->', '<!-- sweeps: end -->'];
    writeFileSync(page, `before\n\n${begin}\n\nold\n\n${end}\n\nafter\n`);
    const { stdout } = sweep(known(figures), '--write', '--page', page);
    const links = ['time', 'memory'].map(
      kind => `![more & more: ${kind}](plots/sweeps/more-&-more-${kind}.svg)`,
    );
    expect(readFileSync(page, 'utf8')).toBe(
      `before\n\n${begin}\n\n${stdout.trim()}\n\n${links.join('\n\n')}\n\n${end}\n\nafter\n`,
    );
    const plots = join(folder, 'plots/sweeps');
    expect(readdirSync(plots)).toEqual(['more-&-more-memory.svg', 'more-&-more-time.svg']);
    const svg = readFileSync(join(plots, 'more-&-more-time.svg'), 'utf8');
    expect(svg).toContain('<title>more &amp; more</title>');
    // One and a hundred are the ends of both axes.
    expect(svg).toContain('<polyline points="64,256 444,36" fill="none" stroke="#c2410c"');
    // Not by colour alone: the second line is dashed.
    expect(svg.match(/stroke-dasharray="[^"]+"/g)).toEqual(Array(2).fill('stroke-dasharray="7 3"'));
    sweep(known(figures), '--write', '--page', page);
    expect(readFileSync(join(plots, 'more-&-more-time.svg'), 'utf8')).toBe(svg);
  });

  it('fails where a sweep cannot be run', () => {
    const { status, stdout, stderr } = sweep(
      `[{ name: 'more', reference: '', run: async () => { throw new Error('it rained'); } }]`,
    );
    expect(stdout).toContain('### more\n\nNOT RUN');
    expect(stderr).toContain('more could not be run: Error: it rained');
    expect(stderr).toMatch(/^0 passed, 1 failed$/m);
    expect(status).toBe(1);
  });

  it.each([['--quick'], ['--only=more']])(
    'puts no part of a run into the page, as under %s',
    arg => {
      const { status, stderr } = sweep(known(figures), '--write', arg);
      expect(stderr).toContain('--write is for all sweeps at full length');
      expect(status).toBe(1);
    },
  );
});
