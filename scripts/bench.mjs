import { join } from 'node:path';
import { ensureBuilt, packages } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { main, root, run } from './run.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  // Standard output is for JSON alone then.
  if (args.includes('--json')) console.log = console.error;
  await ensureInstalled('all');
  // With types: they are part of what is installed.
  await ensureBuilt(packages);
  const program = args.includes('--sweeps') ? 'benchmarks/sweep.mjs' : 'benchmarks/run.mjs';
  const { code } = await run(process.execPath, [join(root, program), ...args]);
  return code;
});
