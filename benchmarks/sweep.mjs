import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { forkFile } from './harness/forkFile.mjs';
import { describeMachine } from './harness/machine.mjs';
import { lineChart } from './harness/plot.mjs';
import { linesOf, sweepTable } from './harness/sweepTable.mjs';

const here = name => fileURLToPath(new URL(name, import.meta.url));

const { values: options } = parseArgs({
  options: {
    sweeps: { type: 'boolean' },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    // For tests of this program.
    files: { type: 'string', default: here('sweeps') },
    out: { type: 'string', default: here('../artifacts') },
    page: { type: 'string', default: here('README.md') },
  },
});
if (options.write && (options.quick || options.only !== '')) {
  console.error('--write is for all sweeps at full length: leave --quick and --only out.');
  process.exit(1);
}

const mode = options.quick ? 'quick' : 'full';
const sweeps = [];
for (const file of readdirSync(options.files).sort()) {
  if (!file.endsWith('.mjs')) continue;
  const how = { name: `sweeps/${file}`, mode, only: options.only };
  sweeps.push(...(await forkFile(join(options.files, file), how)));
}

const machine = describeMachine();
const { cpu, cores, memoryGiB, node, os } = machine;
const tables = sweeps.map(sweepTable).join('\n\n');
const text = `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${os}, Node ${node}\n\n${tables}\n`;
const json = JSON.stringify({ machine, mode, sweeps }, undefined, 2);
mkdirSync(options.out, { recursive: true });
writeFileSync(join(options.out, 'sweeps.json'), `${json}\n`);
writeFileSync(join(options.out, 'sweeps.md'), text);
console.log(options.json ? json : `\n${text}`);

const broken = sweeps.filter(({ error }) => error !== undefined);
for (const { name, error } of broken) console.error(`${name} could not be run: ${error}`);
if (options.quick) console.error('This was a quick run: its times say nothing.');
console.error(`${sweeps.length - broken.length} passed, ${broken.length} failed`);
if (options.write && broken.length === 0) writePage();
process.exitCode = broken.length > 0 || sweeps.length === 0 ? 1 : 0;

/** Draws each sweep, and puts drawings and tables where the page has its markers. */
function writePage() {
  const folder = join(dirname(options.page), 'plots/sweeps');
  mkdirSync(folder, { recursive: true });
  const links = sweeps.flatMap(sweep => {
    const name = sweep.name.replaceAll(' ', '-');
    const charts = { time: chart(sweep, 'µs'), memory: chart(sweep, 'MB') };
    return Object.entries(charts).map(([kind, svg]) => {
      writeFileSync(join(folder, `${name}-${kind}.svg`), svg);
      return `![${sweep.name}: ${kind}](plots/sweeps/${name}-${kind}.svg)`;
    });
  });
  const [begin, end] = ['<!-- sweeps: begin -->', '<!-- sweeps: end -->'];
  const page = readFileSync(options.page, 'utf8');
  const before = page.slice(0, page.indexOf(begin) + begin.length);
  const after = page.slice(page.indexOf(end));
  writeFileSync(options.page, [before, text.trim(), ...links, after].join('\n\n'));
}

function chart(sweep, unit) {
  const ofUnit = linesOf(sweep).filter(line => line.unit === unit);
  return lineChart({
    title: sweep.name,
    xLabel: sweep.reference,
    yLabel: unit === 'µs' ? 'µs per operation' : 'MB in use',
    lines: ofUnit.map(({ name, points }) => ({
      name,
      points: points.map(({ at, value }) => [at, value]),
    })),
  });
}
