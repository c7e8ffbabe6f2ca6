import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, packages } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { Failure, main, root, run } from './run.mjs';

/** What is checked besides the tests. */
const checks = [
  ['types', ['typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['lint', ['eslint/bin/eslint.js', '.']],
  ['format', ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
  [
    'imports',
    [
      'dependency-cruiser/bin/dependency-cruise.mjs',
      ...['--config', '.dependency-cruiser.cjs', 'packages', 'examples', 'tests'],
    ],
  ],
  ['api', ['../scripts/api.mjs', '--check']],
];

await main(async () => {
  const jestArgs = process.argv.slice(2);
  const results = [];

  const setUp = await attempt('set-up', async () => {
    await ensureInstalled('all');
    await ensureBuilt(packages);
    return 0;
  });
  results.push(setUp);

  // Arguments choose among the tests: then the checks would only be in the way.
  if (jestArgs.length === 0) {
    for (const [name, [script, ...args]] of checks) {
      results.push(await attempt(name, () => runTool(script, args)));
    }
  }
  const tests = await attempt('tests', () => runJest(jestArgs));

  const { passed, failed, skipped } = tests.counts ?? { passed: 0, failed: 1, skipped: 0 };
  const checksPassed = results.filter(result => result.ok).length;
  const checksFailed = results.length - checksPassed;
  const unexplained = !tests.ok && failed + checksFailed === 0 ? 1 : 0;

  console.log();
  for (const { name, ok } of [...results, tests])
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
  console.log();
  const skippedPart = skipped ? `, ${skipped} skipped` : '';
  const total = `${passed + checksPassed} passed, ${failed + checksFailed + unexplained} failed`;
  console.log(total + skippedPart);
  return results.every(result => result.ok) && tests.ok ? 0 : 1;
});

/** Runs one step; whatever becomes of it, the next ones run too. */
async function attempt(name, step) {
  console.log(`\n--- ${name}`);
  try {
    const result = await step();
    const { code, counts } = typeof result === 'number' ? { code: result } : result;
    return { name, ok: code === 0, counts };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    return { name, ok: false };
  }
}

async function runTool(script, args) {
  const { code } = await run(process.execPath, [join(root, 'node_modules', script), ...args]);
  return code;
}

async function runJest(args) {
  const report = join(root, 'artifacts/jest.json');
  mkdirSync(join(root, 'artifacts'), { recursive: true });
  rmSync(report, { force: true });
  const code = await runTool('jest/bin/jest.js', ['--json', '--outputFile', report, ...args]);
  try {
    const json = JSON.parse(readFileSync(report, 'utf8'));
    const counts = {
      passed: json.numPassedTests,
      // A file that cannot even be loaded has no tests to count.
      failed: json.numFailedTests + json.numRuntimeErrorTestSuites,
      skipped: json.numPendingTests + json.numTodoTests,
    };
    return { code, counts };
  } catch {
    return { code: code || 1 };
  }
}
