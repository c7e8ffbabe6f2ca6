import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint, record } from './fingerprint.mjs';
import { ensureInstalled } from './install.mjs';
import { Failure, main, root, runQuietly } from './run.mjs';

/** The folders of the published packages; the first is the one that the others build upon. */
export const packages = ['auth-node', 'auth-backend', 'auth-http', 'auth-test-utils'].map(
  name => `packages/${name}`,
);

/** The example that `npm start` runs. */
export const example = 'examples/standalone';

/**
 * Builds those of the workspaces whose `dist` is not what their sources say.
 *
 * @param {string[]} workspaces - folders, such as those of {@link packages}
 * @param {'all' | 'code'} parts - `code`: without types, which takes a fraction of the time, and none of the
 *   dependencies that are there for types alone
 */
export async function ensureBuilt(workspaces, parts = 'all') {
  const [first] = packages;
  if (workspaces.includes(first)) await build(first, parts);
  const queue = workspaces.filter(workspace => workspace !== first);
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await build(next, parts);
  };
  const results = await Promise.allSettled([worker(), worker()]);
  const failed = results.find(result => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * Tells whether the `dist` of a workspace is what its sources say.
 *
 * @param {string} workspace
 * @param {'all' | 'code'} [parts]
 */
export function isBuilt(workspace, parts = 'all') {
  const last = buildRecord(workspace).read();
  return (
    existsSync(join(root, workspace, 'dist')) &&
    (last?.parts === 'all' || last?.parts === parts) &&
    last?.from === sources(workspace) &&
    last?.to === fingerprint([`${workspace}/dist`])
  );
}

async function build(workspace, parts) {
  if (isBuilt(workspace, parts)) return;
  console.log(`Building ${workspace} ...`);
  const last = buildRecord(workspace);
  const from = sources(workspace);
  last.forget();
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js');
  await runQuietly(`The build of ${workspace}`, process.execPath, [tsup], {
    cwd: join(root, workspace),
    env: { ...process.env, BUILD_PARTS: parts },
  });
  if (!existsSync(join(root, workspace, 'dist'))) {
    throw new Failure(`The build of ${workspace} failed: it wrote nothing.`);
  }
  last.write({ parts, from, to: fingerprint([`${workspace}/dist`]) });
}

/** The sources of a workspace, of the types it builds upon, and of the tools that build it. */
function sources(workspace) {
  const folders = workspace === packages[0] ? [workspace] : [packages[0], workspace];
  return fingerprint(
    [
      ...folders.flatMap(folder =>
        ['package.json', 'tsup.config.ts', 'src'].map(name => `${folder}/${name}`),
      ),
      ...['tsup.base.ts', 'tsconfig.base.json', 'tsconfig.build.json', 'yarn.lock'],
    ],
    path => !path.endsWith('.test.ts'),
  );
}

function buildRecord(workspace) {
  return record(`build-${workspace.replace('/', '-')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    await ensureInstalled('all');
    await ensureBuilt(packages);
  });
}
