import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';
import { Failure, main, root, run } from './run.mjs';

const report = join(root, 'artifacts/faults.json');
const figures = join(root, 'artifacts/faults-figures.jsonl');

/** The widest a name or a figure is printed. */
const WIDEST = 90;

await main(async () => {
  await ensureInstalled('all');
  mkdirSync(join(root, 'artifacts'), { recursive: true });
  for (const file of [report, figures]) rmSync(file, { force: true });
  const code = await runJest(process.argv.slice(2));
  printFigures();
  return sumUp(code);
});

/** Runs the files one after the other: each wants the machine to itself. */
async function runJest(args) {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const which = ['--testMatch', '<rootDir>/tests/faults/*.faults.ts', '--runInBand', '--verbose'];
  const output = ['--json', '--outputFile', report];
  const { code } = await run(process.execPath, [jest, ...which, ...output, ...args]);
  return code;
}

function printFigures() {
  const { node } = process.versions;
  console.log(`\nFigures, with Node ${node} on ${availableParallelism()} cores:\n`);
  if (!existsSync(figures)) return;
  const lines = readFileSync(figures, 'utf8').trim().split('\n');
  const rows = lines.map(line => JSON.parse(line));
  const width = Math.min(WIDEST, Math.max(...rows.map(({ name }) => name.length)));
  for (const { name, figure, bound } of rows) {
    console.log(`${name.padEnd(width)}  ${figure}${bound ? `  (bound: ${bound})` : ''}`);
  }
}

function sumUp(code) {
  if (!existsSync(report)) throw new Failure('The fault runs ended without a report.');
  const json = JSON.parse(readFileSync(report, 'utf8'));
  // A file that cannot even be loaded has no tests to count.
  const failed = json.numFailedTests + json.numRuntimeErrorTestSuites;
  const skipped = json.numPendingTests ? `, ${json.numPendingTests} skipped` : '';
  const unexplained = code !== 0 && failed === 0 ? 1 : 0;
  console.log(`\n${json.numPassedTests} passed, ${failed + unexplained} failed${skipped}`);
  return failed + unexplained === 0 ? 0 : 1;
}
