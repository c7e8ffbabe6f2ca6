import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ensureBuilt, packages } from './build.mjs';
import { fingerprint } from './fingerprint.mjs';
import { ensureInstalled, workspaces } from './install.mjs';
import { pack } from './pack.mjs';
import { main, root, runQuietly } from './run.mjs';

/** What a release reads and writes. */
const copied = ['package.json', 'yarn.lock', '.changeset', ...workspaces()];
const dependencyKinds = [
  ...['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'],
];
/** What npm understands without this repository: versions, or another name with versions. */
const plainRange = /^(npm:@?[\w./-]+@)?[\^~<>=|\s\d.]+$/;
const comesAfter = (one, other) => one.localeCompare(other, 'en', { numeric: true }) > 0;

/**
 * Rehearses a release in a copy that is thrown away: gives the packages their next version, packs them, and
 * looks at what would be published. Needs no network, and leaves the repository as it is.
 */
await main(async () => {
  await ensureInstalled('all');
  await ensureBuilt(packages);
  const before = fingerprint(copied);
  const folder = mkdtempSync(join(tmpdir(), 'stagepass-release-'));
  try {
    const copy = join(folder, 'repository');
    const filter = source => basename(source) !== 'node_modules';
    for (const path of copied)
      cpSync(join(root, path), join(copy, path), { recursive: true, filter });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');

    const changesets = readChangesets(copy);
    const changeset = join(root, 'node_modules/@changesets/cli/bin.js');
    await runQuietly('changeset version', process.execPath, [changeset, 'version'], { cwd: copy });
    const tarballs = await pack(join(folder, 'tarballs'), copy);
    const published = await Promise.all(tarballs.map(readTarball));

    const checks = [
      ...checkVersions(copy, changesets),
      ...checkChangelogs(copy, changesets),
      ...checkTarballs(copy, published),
      ['the repository is as it was', fingerprint(copied) === before ? [] : ['files changed']],
    ];
    const failed = checks.filter(([, complaints]) => complaints.length > 0);
    for (const [what, complaints] of checks) {
      console.log(`${complaints.length === 0 ? 'ok    ' : 'FAILED'} ${what}`);
      for (const complaint of complaints) console.log(`         ${complaint}`);
    }
    console.log(`\n${checks.length - failed.length} passed, ${failed.length} failed`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function readJson(...path) {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}

function manifests(folder, paths = packages) {
  return paths.map(path => ({ path, manifest: readJson(folder, path, 'package.json') }));
}

/** The texts of the changes that wait for the release, with the packages that each names. */
function readChangesets(folder) {
  return readdirSync(join(folder, '.changeset'))
    .filter(name => name.endsWith('.md') && name !== 'README.md')
    .map(name => {
      const [, names, text] = readFileSync(join(folder, '.changeset', name), 'utf8').split('---\n');
      return { names: names.match(/@stagepass\/[\w-]+/g) ?? [], text: text.trim() };
    });
}

function checkVersions(copy, changesets) {
  const old = readJson(root, packages[0], 'package.json').version;
  const now = manifests(copy);
  const [{ manifest: first }] = now;
  const ranges = manifests(copy, workspaces()).flatMap(({ path, manifest }) =>
    dependencyKinds.flatMap(kind =>
      Object.entries(manifest[kind] ?? {})
        .filter(([name]) => now.some(({ manifest }) => manifest.name === name))
        .map(([name, range]) => ({ path, kind, name, range })),
    ),
  );
  return [
    [
      `the packages have one version, ${first.version}`,
      now.flatMap(({ path, manifest }) =>
        manifest.version === first.version ? [] : [`${path} has ${manifest.version}`],
      ),
    ],
    [
      changesets.length === 0 ? `nothing is new since ${old}` : `the version comes after ${old}`,
      (changesets.length === 0 ? first.version === old : comesAfter(first.version, old))
        ? []
        : [`${first.version} does not`],
    ],
    [
      'the packages, the example and the tests ask for that version of each other, in plain ranges',
      ranges.flatMap(({ path, kind, name, range }) =>
        range === `^${first.version}` ? [] : [`${path}: ${kind}: ${name}: ${range}`],
      ),
    ],
    [
      'private workspaces keep their version',
      manifests(copy, workspaces())
        .filter(({ manifest }) => manifest.private)
        .flatMap(({ path, manifest }) =>
          manifest.version === readJson(root, path, 'package.json').version ? [] : [path],
        ),
    ],
  ];
}

function checkChangelogs(copy, changesets) {
  const complaints = manifests(copy).flatMap(({ path, manifest }) => {
    const file = join(copy, path, 'CHANGELOG.md');
    const changelog = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const squeezed = changelog.replace(/\s+/g, ' ');
    const due = changesets.filter(({ names }) => names.includes(manifest.name));
    return [
      ...(due.length === 0 || changelog.includes(`\n## ${manifest.version}\n`)
        ? []
        : [`${path} has no heading ${manifest.version}`]),
      ...due
        .filter(({ text }) => !squeezed.includes(text.replace(/\s+/g, ' ')))
        .map(({ text }) => `${path} does not tell: ${text.split('\n')[0]}`),
    ];
  });
  return [
    [`the changelogs tell all ${changesets.length} changes`, complaints],
    [
      'no change is left over for the release after',
      readChangesets(copy).map(({ text }) => text.split('\n')[0]),
    ],
  ];
}

function checkTarballs(copy, published) {
  const due = manifests(copy, workspaces()).filter(({ manifest }) => !manifest.private);
  const sorted = list => [...list].sort().join(', ');
  const names = sorted(published.map(({ manifest }) => manifest.name));
  const wanted = sorted(due.map(({ manifest }) => manifest.name));
  return [
    [
      `the tarballs are those of the ${due.length} workspaces that are not private`,
      names === wanted ? [] : [`packed: ${names}`, `to publish: ${wanted}`],
    ],
    [
      'the tarballs hold the manifests of that version, and no range that npm does not know',
      published.flatMap(({ manifest }) => {
        const source = due.find(({ manifest: { name } }) => name === manifest.name);
        const ranges = dependencyKinds.flatMap(kind => Object.values(manifest[kind] ?? {}));
        return [
          ...(source?.manifest.version === manifest.version ? [] : [`${manifest.name} differs`]),
          ...ranges
            .filter(range => !plainRange.test(range))
            .map(range => `${manifest.name}: ${range}`),
        ];
      }),
    ],
    [
      'the tarballs hold every file that their manifests name',
      published.flatMap(({ manifest, files }) =>
        namedFiles(manifest)
          .filter(file => !files.includes(file))
          .map(file => `${manifest.name}: ${file}`),
      ),
    ],
  ];
}

/** The files of `main`, `types`, `bin` and `exports`, however deep they stand. */
function namedFiles({ main, module, types, bin, exports, configSchema }) {
  const leaves = value =>
    typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(leaves);
  const named = [main, module, types, bin, exports, configSchema].flatMap(leaves);
  return [...new Set(named.map(path => path.replace(/^[.]\//, '')))];
}

async function readTarball(path) {
  const list = await runQuietly('Listing a tarball', 'tar', ['-tzf', path]);
  const manifest = await runQuietly('Reading a tarball', 'tar', [
    '-xzOf',
    path,
    'package/package.json',
  ]);
  const files = list
    .trim()
    .split('\n')
    .map(file => file.replace(/^package\//, ''));
  return { files, manifest: JSON.parse(manifest) };
}
