import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, isBuilt, packages } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { Failure, main, root, runQuietly } from './run.mjs';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'artifacts') },
    'no-build': { type: 'boolean', default: false },
  },
});

await main(async () => {
  const out = resolve(values.out);
  if (values['no-build']) {
    const stale = packages.filter(folder => !isBuilt(folder));
    if (stale.length) throw new Failure(`Not built: ${stale.join(', ')}. Run: npm run build`);
  } else {
    await ensureInstalled('all');
    await ensureBuilt(packages);
  }

  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(out)) {
    if (name.endsWith('.tgz')) rmSync(join(out, name));
  }
  const folders = packages.map(folder => `./${folder}`);
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', out, ...folders];
  const names = await runQuietly('Packing', 'npm', args);
  for (const name of names.trim().split('\n')) console.log(join(out, name));
});
