import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt, isBuilt, packages } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { Failure, main, root, runQuietly } from './run.mjs';

/**
 * Packs the published packages as they are built.
 *
 * @param {string} out - folder of the tarballs; others in it are removed
 * @param {string} [from] - the root of the repository, or of a copy of it
 * @returns {Promise<string[]>} the paths of the tarballs
 */
export async function pack(out, from = root) {
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(out)) {
    if (name.endsWith('.tgz')) rmSync(join(out, name));
  }
  const folders = packages.map(folder => `./${folder}`);
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', out, ...folders];
  const names = await runQuietly('Packing', 'npm', args, { cwd: from });
  return names
    .trim()
    .split('\n')
    .map(name => join(out, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(root, 'artifacts') },
      'no-build': { type: 'boolean', default: false },
    },
  });

  await main(async () => {
    if (values['no-build']) {
      const stale = packages.filter(folder => !isBuilt(folder));
      if (stale.length) throw new Failure(`Not built: ${stale.join(', ')}. Run: npm run build`);
    } else {
      await ensureInstalled('all');
      await ensureBuilt(packages);
    }
    for (const path of await pack(resolve(values.out))) console.log(path);
  });
}
