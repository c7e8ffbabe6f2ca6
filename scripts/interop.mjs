import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { packages } from './build.mjs';
import { fingerprint, record } from './fingerprint.mjs';
import { Failure, main, root, run, runQuietly } from './run.mjs';

const example = 'examples/backstage';
const folder = join(root, example);
const modules = join(folder, 'node_modules');

const { values } = parseArgs({
  options: {
    // For work on the example itself: walk one implementation alone.
    implementation: { type: 'string', multiple: true, default: ['stagepass', 'backstage'] },
  },
});

const counts = { passed: 0, failed: 0, skipped: 0 };

await main(async () => {
  await installThirdParties();
  await installOurs();
  compareWithBuild();

  const walking = await import('../examples/backstage/walk/index.js');
  const chromium = await findOrInstallChromium(walking);
  for (const { title, holds } of walking.checkDocumentedExamples()) {
    report({ title: 'Documented', name: title, outcome: holds ? 'ok' : 'FAILED' });
  }

  const thirdParty = walking.createThirdParty();
  const side = await walking.startSideServer(thirdParty.keys);
  try {
    for (const implementation of values.implementation) {
      console.log(`\n--- on ${implementation}`);
      for (const tour of walking.tours) {
        const log = await walking.takeTour(tour, {
          implementation,
          side,
          thirdParty,
          openBrowser: chromium && (() => walking.openBrowser(chromium)),
          report,
        });
        if (log) console.log(`\nThe end of the backend's log:\n${log.slice(-4000)}`);
      }
    }
  } finally {
    side.close();
  }

  const skipped = counts.skipped ? `, ${counts.skipped} skipped` : '';
  console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
  return counts.failed === 0 ? 0 : 1;
});

function report({ title, name, outcome, answer = '', differences = [] }) {
  counts[outcome === 'ok' ? 'passed' : outcome === 'FAILED' ? 'failed' : 'skipped'] += 1;
  console.log(`${outcome.padEnd(7)} ${title}: ${name}${answer && ` -> ${answer}`}`);
  for (const line of differences) console.log(`        ${line}`);
}

/** Installs what the lockfile says, when it is not there; only SQLite runs a script: it compiles itself. */
async function installThirdParties() {
  const last = record('interop-install');
  const { platform, arch, versions } = process;
  const files = ['package.json', 'package-lock.json', '.npmrc'].map(name => `${example}/${name}`);
  const wanted = `${platform}-${arch}-${versions.modules}-${fingerprint(files)}`;
  const installed = () => fingerprint([`${example}/node_modules/better-sqlite3/build/Release`]);
  const found = last.read();
  if (found?.wanted === wanted && found.installed === installed()) return;

  console.log('Installing Backstage (a minute or two the first time) ...');
  last.forget();
  await runQuietly('The install', 'npm', ['ci', '--ignore-scripts'], { cwd: folder });
  // Half the time with few optimisations, where no prebuilt SQLite can be had.
  const env = { JOBS: 'max', CFLAGS: '-O1', CXXFLAGS: '-O1', ...process.env };
  const rebuild = ['rebuild', 'better-sqlite3', '--ignore-scripts=false'];
  await runQuietly('The build of SQLite', 'npm', rebuild, { cwd: folder, env });
  last.write({ wanted, installed: installed() });
}

/** Packs the packages as they would be published, and installs the tarballs. */
async function installOurs() {
  const out = mkdtempSync(join(tmpdir(), 'stagepass-interop-'));
  try {
    const pack = ['scripts/pack.mjs', '--out', out];
    await runQuietly('Packing', process.execPath, pack);
    const tarballs = readdirSync(out).map(name => join(out, name));
    rmSync(join(modules, '@stagepass'), { recursive: true, force: true });
    console.log('Installing the packed packages ...');
    const install = ['install', '--no-save', '--ignore-scripts', '--prefer-offline', ...tarballs];
    await runQuietly('The install of the tarballs', 'npm', install, { cwd: folder });
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Proves that what is installed is this build, file by file. */
function compareWithBuild() {
  for (const path of packages) {
    const name = basename(path);
    const built = hashes(join(root, path, 'dist'));
    const installed = hashes(join(modules, '@stagepass', name, 'dist'));
    const same = built.length > 0 && JSON.stringify(built) === JSON.stringify(installed);
    for (const [file, hash] of installed) console.log(`${hash}  @stagepass/${name}/${file}`);
    report({
      title: 'Installed',
      name: `@stagepass/${name} is this build`,
      outcome: same ? 'ok' : 'FAILED',
      answer: `${installed.length} files of ${built.length}`,
    });
  }
}

function hashes(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .map(path => {
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
      return [`dist/${path.slice(directory.length + 1)}`, hash];
    });
}

/** Where everything is checked, the browser belongs to it. */
async function findOrInstallChromium({ findChromium }) {
  if (findChromium() || !process.env.CI) return findChromium();
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium ...');
    const install = ['install', '-y', '--no-install-recommends', 'chromium'];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { code } = await run('apt-get', install, { quiet: true, env });
    if (code !== 0) {
      await run('apt-get', ['update'], { quiet: true });
      await runQuietly('The install of Chromium', 'apt-get', install, { env });
    }
  }
  if (!findChromium()) {
    throw new Failure('There is no Chromium: install it, or name it in CHROMIUM.');
  }
  return findChromium();
}
