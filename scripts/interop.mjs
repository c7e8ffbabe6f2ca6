import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { packages } from './build.mjs';
import { findOrInstallChromium } from './chromium.mjs';
import { fingerprint, record } from './fingerprint.mjs';
import { main, root, runQuietly } from './run.mjs';

const example = 'examples/backstage';
const folder = join(root, example);
const modules = join(folder, 'node_modules');

/** What the backend can run on: Stagepass, as little of it as possible, and Backstage's own. */
const implementations = ['stagepass', 'minimum', 'backstage'];

const { values } = parseArgs({
  options: { implementation: { type: 'string', multiple: true, default: implementations } },
});

const counts = { ok: 0, FAILED: 0, skipped: 0 };

/** The backend that runs at the time, or has run last. */
let backend;

await main(async () => {
  await installThirdParties();
  await installOurs();
  compareWithBuild();
  await walk();

  const skipped = counts.skipped ? `, ${counts.skipped} skipped` : '';
  console.log(`\n${counts.ok} passed, ${counts.FAILED} failed${skipped}`);
  return counts.FAILED === 0 ? 0 : 1;
});

/** Installs what the lockfile says, unless it is there. Only SQLite runs a script: it compiles itself. */
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
  await npm('The install of Backstage', ['ci', '--ignore-scripts']);
  const rebuild = ['rebuild', 'better-sqlite3', '--ignore-scripts=false'];
  // Where no prebuilt SQLite can be had it is compiled, which takes half the time with few optimisations.
  const env = { JOBS: 'max', CFLAGS: '-O1', CXXFLAGS: '-O1', ...process.env };
  await npm('The build of SQLite', rebuild, env);
  last.write({ wanted, installed: installed() });
}

/** Packs the packages as they would be published, and installs the tarballs. */
async function installOurs() {
  const out = mkdtempSync(join(tmpdir(), 'stagepass-interop-'));
  try {
    console.log('Packing the packages and installing the tarballs ...');
    await runQuietly('Packing', process.execPath, ['scripts/pack.mjs', '--out', out]);
    const tarballs = readdirSync(out).map(name => join(out, name));
    rmSync(join(modules, '@stagepass'), { recursive: true, force: true });
    const install = ['install', '--no-save', '--ignore-scripts', '--prefer-offline'];
    await npm('The install of the tarballs', [...install, ...tarballs]);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function npm(what, args, env = process.env) {
  return runQuietly(what, 'npm', args, { cwd: folder, env });
}

/** Proves, file by file, that what the backend finds under our names is this build. */
function compareWithBuild() {
  const fromBackend = createRequire(join(folder, 'src/index.js'));
  for (const path of packages) {
    const name = `@stagepass/${basename(path)}`;
    const place = join(modules, name);
    const built = hashes(join(root, path, 'dist'));
    const installed = hashes(join(place, 'dist'));
    for (const line of installed) console.log(`${line}  ${name}`);
    const same = built.length > 0 && built.join() === installed.join();
    const found = same && fromBackend.resolve(`${name}/package.json`);
    report({
      title: 'Installed',
      name: `${name} is this build`,
      outcome: found === join(place, 'package.json') ? 'ok' : 'FAILED',
      answer: `${installed.length} files of ${built.length}`,
    });
  }
}

/** The SHA-256 and the name of each file below the directory. */
function hashes(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true })
    .sort()
    .filter(name => /[.]\w+$/.test(name))
    .map(name => {
      const content = readFileSync(join(directory, name));
      return `${createHash('sha256').update(content).digest('hex')}  dist/${name}`;
    });
}

async function walk() {
  const { checkDocumentedExamples, createThirdParty, startSideServer, ...walking } =
    await import('../examples/backstage/walk/index.js');
  for (const { title, holds } of checkDocumentedExamples()) {
    report({ title: 'Documented', name: title, outcome: holds ? 'ok' : 'FAILED' });
  }
  const chromium = await findBrowser();
  const thirdParty = createThirdParty();
  const side = await startSideServer(thirdParty.keys);
  const openBrowser = chromium && (() => walking.openBrowser(chromium));
  try {
    for (const implementation of values.implementation) {
      for (const tour of walking.tours) {
        console.log(`\n--- ${implementation}, ${tour.configs.join(' and ')}`);
        const options = { implementation, side, thirdParty, openBrowser, onBackend, report };
        const log = await walking.takeTour(tour, options);
        if (log) console.log(`\nThe end of the backend's log:\n\n${log.slice(-8000)}`);
      }
    }
  } finally {
    side.close();
  }
}

/** Nobody else ends the backend when the walk is interrupted. */
function onBackend(started) {
  if (!backend) {
    for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
      process.once(signal, () => {
        backend.kill();
        process.exit(code);
      });
    }
  }
  backend = started;
}

/** Where everything is checked, a browser belongs to it. */
async function findBrowser() {
  const chromium = await findOrInstallChromium();
  if (process.env.CI) {
    report({
      title: 'Browser',
      name: 'there is a Chromium, at /usr/bin/chromium or where CHROMIUM says',
      outcome: chromium ? 'ok' : 'FAILED',
    });
  }
  return chromium;
}

function report({ title, name, outcome, answer, differences = [] }) {
  counts[outcome] += 1;
  console.log(`${outcome.padEnd(8)}${title}: ${name}${answer ? ` -> ${answer}` : ''}`);
  for (const line of differences) console.log(`        ${line}`);
}
