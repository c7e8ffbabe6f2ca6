import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { barChart } from './harness/barChart.mjs';
import { forkFile } from './harness/forkFile.mjs';
import { describeMachine } from './harness/machine.mjs';
import { modes, table } from './harness/table.mjs';

const here = name => fileURLToPath(new URL(name, import.meta.url));

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    // For tests of this program.
    rows: { type: 'string', default: here('rows') },
    out: { type: 'string', default: here('../artifacts') },
    page: { type: 'string', default: here('README.md') },
  },
});
/** How many threads the pool has, where the rows of a file say so. */
const poolThreads = { 'bursts.mjs': 1 };

const mode = options.quick ? 'quick' : 'full';
if (options.write && (options.quick || options.only !== '')) {
  console.error('--write is for all rows at full length: leave --quick and --only out.');
  process.exit(1);
}

const startedAt = new Date().toISOString();
const rows = [];
for (const file of readdirSync(options.rows).sort()) {
  if (!file.endsWith('.mjs')) continue;
  const { only } = options;
  const how = { name: `rows/${file}`, mode, only, poolThreads: poolThreads[file] };
  rows.push(...(await forkFile(join(options.rows, file), how)));
}

const machine = describeMachine();
const json = JSON.stringify({ machine, mode, startedAt, rows }, undefined, 2);
const { cpu, cores, memoryGiB, node, os } = machine;
const text = `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${os}, Node ${node}\n\n${table(rows)}\n`;
mkdirSync(options.out, { recursive: true });
writeFileSync(join(options.out, 'bench.json'), `${json}\n`);
writeFileSync(join(options.out, 'bench.md'), text);
console.log(options.json ? json : `\n${text}`);

const broken = rows.filter(({ error }) => error !== undefined);
const targets = rows.flatMap(row => row.targets);
const missed = targets.filter(({ met, excused }) => !met && excused === undefined);
for (const { name, error } of broken) console.error(`${name} could not be run: ${error}`);
console.error(
  options.quick
    ? 'This was a quick run: its times say nothing.'
    : `${targets.length - missed.length} of ${targets.length} targets are met or excused.`,
);
if (rows.length === 0) console.error(`No row has ${JSON.stringify(options.only)} in its name.`);
// Of rows, as other programs say it of tests.
console.error(`${rows.length - broken.length} passed, ${broken.length} failed`);
if (options.write && broken.length === 0) writePage(text);
const failed = broken.length > 0 || rows.length === 0 || (options.strict && missed.length > 0);
process.exitCode = failed ? 1 : 0;

/** Puts the latest table, and what plots there are, where the page has its markers. */
function writePage(latest) {
  const [begin, end] = ['<!-- latest: begin -->', '<!-- latest: end -->'];
  const page = readFileSync(options.page, 'utf8');
  const before = page.slice(0, page.indexOf(begin) + begin.length);
  const after = page.slice(page.indexOf(end));
  writeFileSync(options.page, [before, latest.trim(), ...plots(), after].join('\n\n'));
}

function plots() {
  const folder = join(dirname(options.page), 'plots');
  const bars = rows.flatMap(speedUps);
  if (bars.length > 0) {
    const chart = {
      title: 'How many times as fast as the reference',
      xLabel: 'ratio, its quartiles (thin line), and its target (upright)',
      bars,
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'as-fast-as-the-reference.svg'), barChart(chart));
  }
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names
    .filter(name => name.endsWith('.svg'))
    .map(name => `![${name.slice(0, -4).replaceAll('-', ' ')}](plots/${name})`);
}

function speedUps({ name, targets }) {
  return targets
    .filter(({ unit, atLeast }) => unit === '×' && atLeast !== undefined)
    .map(({ mode: how, value, low, high, atLeast }) => ({
      ...{ name: how === undefined ? name : `${name}, ${modes[how]}`, value, low, high },
      target: atLeast,
    }));
}
