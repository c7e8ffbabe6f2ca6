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
 * What an entry mentions and nobody can import, by entry; each was looked at and found right. What another
 * entry of the same package exports needs no line here.
 */
const unnamed = {
  // The members of the callable namespace `mockCredentials`, which is how they are reached.
  'auth-test-utils/index': [
    ...['noneCredentials', 'userCredentials', 'userToken', 'limitedUserToken'],
    ...['serviceCredentials', 'serviceToken', 'ServiceTokenOptions'],
  ],
  // The same namespace, and the mock that has a factory: the result of `mockServices.….mock()`.
  'auth-test-utils/backstage': [
    ...['noneCredentials', 'userCredentials', 'userToken', 'limitedUserToken'],
    ...['serviceCredentials', 'serviceToken', 'ServiceTokenOptions', 'ServiceMock_2'],
  ],
};

/** What is looked after elsewhere, and why. */
const silent = {
  // tests/docs/tsdoc.test.ts asks for the documentation of everything that is exported by name.
  'ae-undocumented': { logLevel: 'none' },
  // A link to a name that the same package exports from another entry counts as broken.
  'ae-unresolved-link': { logLevel: 'none' },
};

/** `internal` entries make no promise, so nothing in them is marked as public; they are reviewed all the same. */
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
    const reports = new Map(results.map(({ entry, text }) => [entry.report, text]));
    return { reports, complaints: results.flatMap(result => complain(result, results)) };
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
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: error },
        extractorMessageReporting: {
          default: error,
          ...silent,
          ...(isInternal(entry) && { 'ae-missing-release-tag': { logLevel: 'none' } }),
        },
        tsdocMessageReporting: { default: error },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(project, 'package.json'),
  });
}

/** What api-extractor objects to, without what was found right; an exception that nothing needs is a complaint too. */
function complain({ entry, messages }, results) {
  const siblings = results.filter(other => other.entry.folder === entry.folder);
  const exported = siblings.map(({ text }) => text).join('\n');
  const excepted = unnamed[entry.id] ?? [];
  const needed = new Set();
  const complaints = messages.flatMap(({ messageId, text, sourceFilePath, sourceFileLine }) => {
    const name = messageId === 'ae-forgotten-export' && /The symbol "(\w+)"/.exec(text)?.[1];
    if (name && excepted.includes(name)) {
      needed.add(name);
      return [];
    }
    const declaration = `^export (declare )?(abstract )?(interface|type|class|function|const) ${name}\\b`;
    if (name && new RegExp(declaration, 'm').test(exported)) return [];
    const place = sourceFilePath
      ? `${sourceFilePath.replace(`${root}/`, '')}:${sourceFileLine}`
      : '';
    return [`${entry.id}: ${messageId}: ${text} (${place})`];
  });
  const idle = excepted.filter(name => !needed.has(name));
  return [
    ...complaints,
    ...idle.map(name => `${entry.id}: scripts/api.mjs excepts ${name}, which needs no exception.`),
  ];
}

/** Prints the lines that went and those that came. */
function showDifference(path, text) {
  const before = (readReport(path) ?? '').split('\n');
  const after = text.split('\n');
  console.error(path);
  for (const line of before.filter(line => !after.includes(line))) console.error(`- ${line}`);
  for (const line of after.filter(line => !before.includes(line))) console.error(`+ ${line}`);
}
