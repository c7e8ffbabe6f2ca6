import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, record } from './fingerprint.mjs';
import { root, runQuietly } from './run.mjs';

const yarn = ['--yes', '@yarnpkg/cli-dist@4.18.1'];

const scopes = {
  all: {
    sentence: 'Installing all dependencies (a few minutes the first time) ...',
    command: ['install'],
  },
  example: {
    sentence: 'Installing what the example needs (a minute or two the first time) ...',
    command: ['workspaces', 'focus', '@stagepass/example-standalone'],
  },
};

/**
 * Installs dependencies when they are missing or no longer those that the lockfile and the manifests ask
 * for. When nothing is missing it neither starts Yarn nor needs a network.
 *
 * @param {'all' | 'example'} scope - `example`: what building the packages and running the example takes
 */
export async function ensureInstalled(scope) {
  const last = record('install');
  const found = last.read();
  const current = found?.wanted === wanted() && found?.installed === installed();
  if (current && (found.scope === 'all' || found.scope === scope)) return;

  // Yarn prunes what is outside the scope: where everything was installed once, by whomever, keep it.
  const widest = existsSync(join(root, 'node_modules/jest')) ? 'all' : scope;
  const { sentence, command } = scopes[widest];
  console.log(sentence);
  last.forget();
  // Where no prebuilt SQLite can be had it is compiled, which takes half the time with few optimisations.
  const env = { JOBS: 'max', CFLAGS: '-O1', CXXFLAGS: '-O1', ...process.env };
  await runQuietly('The install', 'npx', [...yarn, ...command], { env });
  last.write({ scope: widest, wanted: wanted(), installed: installed() });
}

/** What the repository asks for, on this platform: native modules are compiled for it. */
function wanted() {
  const { platform, arch, versions } = process;
  const manifests = workspaces().map(workspace => `${workspace}/package.json`);
  const files = ['package.json', 'yarn.lock', '.yarnrc.yml', ...manifests];
  return `${platform}-${arch}-${versions.modules}-${fingerprint(files)}`;
}

/** What Yarn noted that it has installed: changes with every install, ours or another. */
function installed() {
  return fingerprint(['node_modules/.yarn-state.yml']);
}

/** The workspaces, as folders relative to the root. */
export function workspaces() {
  const { workspaces: patterns } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return patterns.flatMap(pattern => {
    if (!pattern.endsWith('/*')) return [pattern];
    const folder = pattern.slice(0, -2);
    return readdirSync(join(root, folder))
      .map(name => `${folder}/${name}`)
      .filter(path => existsSync(join(root, path, 'package.json')));
  });
}
