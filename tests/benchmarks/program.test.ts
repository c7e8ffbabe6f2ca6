import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../projectFiles';

interface Report {
  mode: string;
  machine: Record<string, unknown>;
  rows: Array<{
    name: string;
    figures: Array<{ name: string; mode?: string; unit: string; value: number }>;
    targets: Array<{ name: string; met: boolean; value: number }>;
    error?: string;
  }>;
}

/** Rows that measure themselves: each has what stands for its one target. */
const ownRow = (name: string, ...targets: object[]) => `{
  name: ${JSON.stringify(name)},
  reference: 'itself',
  run: async () => ({ targets: ${JSON.stringify(targets)} }),
}`;

const ratio = (value: number, bound: object) => ({ name: 'ours', unit: '×', value, ...bound });

/** Subjects that write down what they are given: `ours` and the reference. */
const measuredRow = (check: string) => `{
  name: 'measured',
  reference: 'itself',
  modes: ['one', 'inFlight'],
  ownTurn: true,
  targets: [
    { mode: 'one', reference: 'other', atLeast: 0 },
    { mode: 'inFlight', reference: 'other', atMost: 0 },
  ],
  async setUp({ mode }) {
    let prepared = 0;
    let run = 0;
    const prepare = count => {
      if (prepared !== run) throw new Error('inputs were left over');
      prepared += count;
      return Array.from({ length: count }, () => mode);
    };
    const subject = {
      prepare,
      run: async input => {
        run += 1;
        return input;
      },
      check: output => {
        if (output !== ${check}) throw new Error('a wrong output: ' + output);
      },
    };
    return { subjects: { ours: subject, other: subject } };
  },
}`;

describe('the program that runs benchmarks', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stagepass-benchmarks-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function bench(rows: string[], ...args: string[]) {
    return run(rows, '--quick', ...args);
  }

  function run(rows: string[], ...args: string[]) {
    writeFileSync(join(folder, 'some.mjs'), `export const rows = [${rows.join(',\n')}];\n`);
    const program = join(root, 'benchmarks/run.mjs');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [program, '--rows', folder, '--out', folder, ...args],
      { encoding: 'utf8' },
    );
    const report = JSON.parse(readFileSync(join(folder, 'bench.json'), 'utf8')) as Report;
    return { status, stdout, stderr, report };
  }

  it.each([
    ['at least its bound', 10, { atLeast: 10 }, true],
    ['less than the least', 9.9, { atLeast: 10 }, false],
    ['at most its bound', 1.25, { atMost: 1.25 }, true],
    ['more than the most', 1.26, { atMost: 1.25 }, false],
  ])('judges a value that is %s', (_, value, bound, met) => {
    const { report, status } = bench([ownRow('row', ratio(value, bound))]);
    expect(report.rows[0]?.targets).toMatchObject([{ name: 'ours', met }]);
    expect(status).toBe(0);
  });

  it.each([
    ['met', ratio(1, { atMost: 1 }), 0, '| yes '],
    ['missed', ratio(2, { atMost: 1 }), 1, '| NO '],
    ['missed and excused', ratio(2, { atMost: 1, excused: 'it rained' }), 0, '| no: it rained '],
  ])('ends under --strict where a target is %s', (_, target, expected, told) => {
    const { status, stdout } = bench([ownRow('row', target)], '--strict');
    expect(stdout).toContain(told);
    expect(status).toBe(expected);
  });

  it('measures all subjects in all modes, each input once', () => {
    const { report, status, stderr } = bench([measuredRow('mode')]);
    const [row] = report.rows;
    expect(row?.error).toBeUndefined();
    expect(row?.figures.map(({ name, mode, unit }) => [name, mode, unit])).toEqual([
      ['ours', 'one', 'µs'],
      ['other', 'one', 'µs'],
      ['ours', 'inFlight', 'µs'],
      ['other', 'inFlight', 'µs'],
    ]);
    expect(row?.targets).toMatchObject([
      { name: 'as fast as other', mode: 'one', met: true },
      { name: 'the time of other', mode: 'inFlight', met: false },
    ]);
    expect(stderr).toMatch(/^1 passed, 0 failed$/m);
    expect(status).toBe(0);
  });

  it('fails where a row cannot be run, and goes on with the others', () => {
    const { report, status, stdout, stderr } = bench([measuredRow('"none"'), ownRow('next')]);
    expect(report.rows.map(({ name, error }) => [name, error !== undefined])).toEqual([
      ['measured', true],
      ['next', false],
    ]);
    expect(stdout).toContain('NOT RUN');
    expect(stderr).toContain('measured could not be run: Error: a wrong output: one');
    expect(stderr).toMatch(/^1 passed, 1 failed$/m);
    expect(status).toBe(1);
  });

  it('fails where a row measured no number', () => {
    const { status, stderr } = bench([ownRow('row', ratio(NaN, { atMost: 1 }))]);
    expect(stderr).toContain('row could not be run: Error: ours: null is no number');
    expect(status).toBe(1);
  });

  it('fails where the process of a file ends too early', () => {
    const { status, stderr } = bench(['process.exit(3)']);
    expect(stderr).toContain('the process of rows/some.mjs ended with exit code 3');
    expect(status).toBe(1);
  });

  it('runs under --only the rows with the text in their names', () => {
    const rows = [ownRow('static tokens'), ownRow('other tokens')];
    expect(bench(rows, '--only', 'STATIC').report.rows.map(({ name }) => name)).toEqual([
      'static tokens',
    ]);
    const none = bench(rows, '--only', 'nothing');
    expect(none.stderr).toContain('No row has "nothing" in its name.');
    expect(none.status).toBe(1);
  });

  it('writes under --json nothing else to standard output', () => {
    const { stdout, report } = bench([ownRow('row', ratio(1, { atMost: 1 }))], '--json');
    expect(JSON.parse(stdout)).toEqual(report);
    expect(report).toMatchObject({ mode: 'quick', machine: { node: process.version } });
  });

  it('puts the table, and the plots there are, between the markers of the page', () => {
    const page = join(folder, 'page.md');
    const [begin, end] = ['<!-- latest: begin -->', '<!-- latest: end -->'];
    writeFileSync(page, `before\n\n${begin}\n\nold\n\n${end}\n\nafter\n`);
    mkdirSync(join(folder, 'plots'));
    writeFileSync(join(folder, 'plots/many-users.svg'), '<svg/>');
    const { stdout } = run([ownRow('row', ratio(1, { atMost: 1 }))], '--write', '--page', page);
    expect(readFileSync(page, 'utf8')).toBe(
      `before\n\n${begin}\n\n${stdout.trim()}\n\n![many users](plots/many-users.svg)\n\n${end}\n\nafter\n`,
    );
  });

  it('draws how many times as fast each row is', () => {
    const page = join(folder, 'page.md');
    writeFileSync(page, '<!-- latest: begin --><!-- latest: end -->');
    const faster = ratio(100, { atLeast: 10, mode: 'one', low: 90, high: 100 });
    const slower = ratio(2, { atMost: 1 });
    run([ownRow('fast & slow', faster, slower)], '--write', '--page', page);
    const name = 'as-fast-as-the-reference.svg';
    expect(readFileSync(page, 'utf8')).toContain(`](plots/${name})`);
    const svg = readFileSync(join(folder, 'plots', name), 'utf8');
    expect(svg.match(/<text .*one at a time<\/text>/g)).toHaveLength(1);
    expect(svg).toContain('>fast &amp; slow, one at a time</text>');
    // From one to a hundred is all of the axis, and ten the middle of it.
    expect(svg).toContain('<rect x="420" y="44" width="400" height="14" fill="#0b6e99"/>');
    expect(svg).toContain('<line x1="620" y1="41" x2="620" y2="61" stroke="#c2410c"');
  });

  it.each([['--quick'], ['--only=row']])(
    'puts no part of a run into the page, as under %s',
    arg => {
      const page = join(folder, 'page.md');
      const program = join(root, 'benchmarks/run.mjs');
      const { status, stderr } = spawnSync(
        process.execPath,
        [program, '--write', '--page', page, arg],
        { encoding: 'utf8' },
      );
      expect(stderr).toContain('--write is for all rows at full length');
      expect(status).toBe(1);
    },
  );
});
