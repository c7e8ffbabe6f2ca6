import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './install.mjs';
import { Failure, main, root } from './run.mjs';

const corpora = join(root, 'tests/fuzz/corpus');

const { values } = parseArgs({
  options: {
    // How long each target is tried, in seconds, or how many inputs: with these the run can be repeated.
    seconds: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string', multiple: true },
    // Keeps, as further seeds, what reached blocks that no seed reaches.
    save: { type: 'boolean', default: false },
  },
});

await main(async () => {
  const seconds = readNumber('seconds', values.runs === undefined ? '10' : undefined);
  const runs = readNumber('runs');
  const seed = readNumber('seed');
  // A test runs this command, and tests install nothing: only a fresh clone does.
  if (!existsSync(join(root, 'node_modules/istanbul-lib-instrument'))) await ensureInstalled('all');
  const { loadInstrumented } = await import('../tests/fuzz/bundle.mjs');
  const fuzz = await loadInstrumented();
  const unknown = values.target?.find(name => !fuzz.targets.some(it => it.name === name));
  if (unknown !== undefined) {
    throw new Failure(
      `There is no target ${unknown}: expected ${fuzz.targets.map(it => it.name).join(', ')}.`,
    );
  }
  const chosen = fuzz.targets.filter(({ name }) => values.target?.includes(name) ?? true);
  const coverage = new fuzz.Coverage(fuzz.counters);
  const rows = [];
  for (const target of chosen) {
    const until = Date.now() + (seconds ?? Infinity) * 1000;
    const fuzzer = new fuzz.Fuzzer(target, fuzz.createRandom(seed), coverage);
    const seeds = fuzz.readCorpus(corpora, target.name);
    // Node ends where a target waits for what never comes.
    const hangs = () => print(target, { input: fuzzer.current, error: 'never answers' });
    process.once('exit', hangs);
    const report = await fuzzer.run(
      seeds,
      executions => executions < (runs ?? Infinity) && Date.now() < until,
    );
    process.off('exit', hangs);
    for (const finding of report.findings) print(target, finding);
    if (values.save) fuzz.writeCorpus(corpora, target.name, report.cover);
    const { reached, of } = coverage.share(target.sources, report.reached);
    rows.push({
      target: target.name,
      executions: report.executions,
      'blocks reached': `${reached} of ${of}`,
      'blocks in all': report.reached.size,
      corpus: `${seeds.length} + ${report.corpus.length - seeds.length}`,
      'most steps': report.mostSteps,
      findings: report.findings.length,
    });
  }
  console.table(rows);
  const failed = rows.filter(({ findings }) => findings > 0).length;
  console.log(`\n${rows.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});

function print({ name }, { input, error }) {
  console.error(`\n${name}: ${error instanceof Error ? error.stack : error}`);
  console.error(`with the input ${JSON.stringify(input.toString('latin1'))}\n`);
}

/** Reads a whole number; without one, the other. */
function readNumber(name, instead) {
  const text = values[name] ?? instead;
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new Failure(`--${name} takes a whole number, found ${text}`);
  return Number(text);
}
