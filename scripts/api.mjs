import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, packages } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { main, root } from './run.mjs';

/**
 * Types that an entry mentions and nobody can import, by package; each was looked at and found right. Types that
 * another entry of the package exports need no line here, and neither do functions: as members of what is
 * exported they are reached, and the report shows them.
 */
const unnamed = {
  // Options of the members of `mockCredentials`, and the mock that has a factory: they are written in place.
  'auth-test-utils': [
    'ExpiryOption',
    'UserOptions',
    'ServiceTokenOptions',
    'MockRestrictions',
    'ServiceMock_2',
  ],
};

/** What is looked after elsewhere, and why. */
const silent = {
  // tests/docs/tsdoc.test.ts asks for documentation and `@public` of everything that is exported by name.
  'ae-undocumented': { logLevel: 'none' },
  'ae-missing-release-tag': { logLevel: 'none' },
  // A link to a name that the same package exports from another entry counts as broken.
  'ae-unresolved-link': { logLevel: 'none' },
};

/** `internal` entries make no promise: what they mention need not be named. They are reviewed all the same. */
const isInternal = ({ id }) => id.endsWith('/internal');

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

await main(async () => {
  await ensureInstalled('all');
  await ensureBuilt(packages);
  const entries = packages.flatMap(listEntries);
  const { reports, complaints } = extract(entries);

  const stale = packages.flatMap(folder => {
    const known = entries.map(({ report }) => report);
    return listReports(folder).filter(path => !known.includes(path));
  });
  if (values.check) {
    const different = entries.filter(({ report }) => readReport(report) !== reports.get(report));
    for (const { report } of different) showDifference(report, reports.get(report));
    const wrong = [...different.map(({ report }) => report), ...stale];
    complaints.push(
      ...wrong.map(path => `${path} is not what is exported: npm run api, and review the change.`),
    );
  } else {
    for (const path of stale) rmSync(join(root, path));
    for (const [path, text] of reports) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  }
  for (const line of complaints) console.error(line);
  console.log(`${entries.length} entries of ${packages.length} packages`);
  return complaints.length === 0 ? 0 : 1;
});

/** The entries that a package exports, as its manifest names them. */
function listEntries(folder) {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return Object.entries(manifest.exports)
    .filter(([subpath]) => subpath !== './package.json')
    .map(([subpath, { import: target }]) => {
      const name = subpath === '.' ? 'index' : subpath.slice(2);
      return {
        folder,
        id: `${folder.replace('packages/', '')}/${name}`,
        types: join(root, folder, target.types),
        report: `${folder}/api-report/${name}.api.md`,
      };
    });
}

function listReports(folder) {
  const path = join(root, folder, 'api-report');
  return existsSync(path) ? readdirSync(path).map(name => `${folder}/api-report/${name}`) : [];
}

function readReport(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
}

/** Writes the reports to a folder that is thrown away, all with one program, and reads them back. */
function extract(entries) {
  const folder = mkdtempSync(join(tmpdir(), 'stagepass-api-'));
  try {
    const configs = entries.map(entry => configure(entry, entries, folder));
    const additionalEntryPoints = entries.map(({ types }) => types);
    const compilerState = CompilerState.create(configs[0], { additionalEntryPoints });
    const results = entries.map((entry, index) => {
      const messages = [];
      const messageCallback = message => {
        if (message.logLevel === 'error') messages.push(message);
        message.handled = true;
      };
      const options = { localBuild: true, compilerState, messageCallback };
      Extractor.invoke(configs[index], options);
      const path = join(folder, entry.id.replace('/', '.') + '.api.md');
      // The bundler of the declarations drops the comment of the entry, which the sources have.
      const text = readFileSync(path, 'utf8').replace(/\/\/ \(No @packageDocumentation .*\n\n/, '');
      return { entry, messages, text };
    });
    const needed = new Set();
    const complaints = results.flatMap(result => complain(result, results, needed));
    const idle = Object.values(unnamed)
      .flat()
      .filter(name => !needed.has(name))
      .map(name => `scripts/api.mjs excepts ${name}, which needs no exception.`);
    const reports = new Map(results.map(({ entry, text }) => [entry.report, text]));
    return { reports, complaints: [...complaints, ...idle] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function configure(entry, entries, folder) {
  const project = join(root, entry.folder);
  const error = { logLevel: 'error' };
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: project,
      mainEntryPointFilePath: entry.types,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          extends: join(root, 'tsconfig.base.json'),
          files: entries.map(({ types }) => types),
        },
      },
      apiReport: {
        enabled: true,
        reportFolder: folder,
        reportTempFolder: join(folder, 'temp'),
        reportFileName: entry.id.replace('/', '.'),
        includeForgottenExports: !isInternal(entry),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: error },
        extractorMessageReporting: {
          default: error,
          ...silent,
          ...(isInternal(entry) && { 'ae-forgotten-export': { logLevel: 'none' } }),
        },
        tsdocMessageReporting: { default: error },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(project, 'package.json'),
  });
}

/** What api-extractor objects to, without what was found right. */
function complain({ entry, messages }, results, needed) {
  const siblings = results.filter(other => other.entry.folder === entry.folder);
  const reached = siblings.map(({ text }) => text).join('\n');
  const [name] = entry.id.split('/');
  return messages.flatMap(({ messageId, text, sourceFilePath, sourceFileLine }) => {
    const symbol = messageId === 'ae-forgotten-export' && /The symbol "(\w+)"/.exec(text)?.[1];
    if (symbol) {
      const exported = `export (declare )?(abstract )?(interface|type|class) ${symbol}\\b`;
      const called = `(function|const) ${symbol}\\b`;
      if (new RegExp(`^(${exported}|${called})`, 'm').test(reached)) return [];
      if (unnamed[name]?.includes(symbol)) {
        needed.add(symbol);
        return [];
      }
    }
    const place = sourceFilePath
      ? `${sourceFilePath.replace(`${root}/`, '')}:${sourceFileLine}`
      : 'no place';
    return [`${entry.id}: ${messageId}: ${text} (${place})`];
  });
}

/** Prints the lines that went and those that came. */
function showDifference(path, text) {
  const before = (readReport(path) ?? '').split('\n');
  const after = text.split('\n');
  console.error(path);
  for (const line of before.filter(line => !after.includes(line))) console.error(`- ${line}`);
  for (const line of after.filter(line => !before.includes(line))) console.error(`+ ${line}`);
}
