import { ensureBuilt, example, packages } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { main, run } from './run.mjs';

await main(async () => {
  await ensureInstalled('example');
  await ensureBuilt([...packages, example], 'code');

  const args = process.argv.slice(2);
  const program = args.includes('--smoke') ? 'smoke.js' : 'main.js';
  const rest = args.filter(arg => arg !== '--smoke');
  const { code } = await run(process.execPath, [`${example}/dist/${program}`, ...rest]);
  return code;
});
