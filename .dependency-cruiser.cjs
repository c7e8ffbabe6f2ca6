/**
 * The law of imports: which file may know which. `ARCHITECTURE.md` says why; `tests/law` runs it and
 * proves that every rule bites. No comment in the code switches a rule off.
 */
const { readdirSync, readFileSync } = require('node:fs');

const TEST = '([.]test[.]ts$|/testing/)';
/** Suites as data, which the tests of this project and of others run: they have a door of their own. */
const CONTRACTS = '^packages/auth-test-utils/src/contracts';
/** A file of a package that is published: neither a test nor what tests share. */
const source = (packageName, path = '') => ({
  path: `^packages/${packageName}/src/${path}`,
  pathNot: TEST,
});
/** A third-party module, resolved or not, and what lies below it. */
const module_ = (...names) => `(^|(^|/)node_modules/)(@types/)?(${names.join('|')})(/|$)`;

/** The files that a package exports: those that others may import; and its programs. */
const doors = readdirSync('packages').flatMap(name => {
  const { exports, bin = {} } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'));
  return Object.keys(exports)
    .filter(subpath => subpath !== './package.json')
    .map(subpath => (subpath === '.' ? 'index' : subpath.slice(2)))
    .concat(Object.values(bin).map(path => /([^/]+)[.]js$/.exec(path)[1]))
    .map(door => `packages/${name}/src/${door}[.]ts`);
});
const DOORS = `^(${doors.join('|')})$`;

const frameworks = ['express', 'express4', 'fastify', 'hono', 'koa'];
const runners = ['jest', '@jest/[^/]+', 'vitest', '@vitest/[^/]+', 'mocha', 'node:test', 'test'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: { path: '^(packages|examples)/' },
      to: { circular: true },
    },
    {
      name: 'auth-node-knows-no-sibling',
      comment: 'The vocabulary depends on nobody who speaks it.',
      severity: 'error',
      from: source('auth-node'),
      to: { path: '^packages/', pathNot: '^packages/auth-node/' },
    },
    {
      name: 'siblings-meet-in-auth-node',
      comment: 'auth-backend, auth-http and auth-test-utils know auth-node and never each other.',
      severity: 'error',
      from: source('(auth-backend|auth-http|auth-test-utils)'),
      to: { path: '^packages/', pathNot: '^packages/(auth-node|$1)/' },
    },
    {
      name: 'through-the-door',
      comment:
        'Another package is imported by its name, or a subpath that it exports; tests may cross.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|examples)/', pathNot: TEST },
      to: { path: '^packages/', pathNot: `^$1/|${DOORS}` },
    },
    {
      name: 'by-name-not-by-path',
      comment: 'A relative path into another package breaks once the package is published.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|examples)/', pathNot: TEST },
      to: { path: '^packages/', pathNot: '^$1/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'every-file-behind-a-door',
      comment: 'A file that no entry of its package reaches is dead, or belongs to the tests.',
      severity: 'error',
      from: { path: DOORS },
      to: { path: '^packages/[^/]+/src/', pathNot: [TEST, DOORS], reachable: false },
    },
    {
      name: 'published-knows-no-test',
      comment: 'What only tests need is not published.',
      severity: 'error',
      from: source('[^/]+'),
      to: { path: TEST },
    },
    {
      name: 'contracts-have-their-door',
      comment:
        'The suites judge the fakes, as any other implementation: the fakes know none of them.',
      severity: 'error',
      from: { path: '^packages/auth-test-utils/src/', pathNot: [TEST, `${CONTRACTS}(/|[.]ts$)`] },
      to: { path: `${CONTRACTS}(/|[.]ts$)` },
    },
    {
      name: 'no-unresolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: { path: '^(packages|examples|tests)/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-dependencies',
      comment:
        'What a published file imports, its package declares: as dependency or optional peer.',
      severity: 'error',
      from: source('[^/]+'),
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional'],
      },
    },
    {
      name: 'sql-is-behind-knex-types',
      comment: 'The caller gives the knex instance: no package loads knex.',
      severity: 'error',
      from: source('[^/]+'),
      to: {
        path: module_('knex', 'better-sqlite3', 'pg', 'mysql2'),
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'sql-has-its-room',
      comment: 'Only the key stores and the user records speak SQL.',
      severity: 'error',
      from: {
        path: '^packages/[^/]+/src/',
        pathNot: `^packages/auth-backend/src/(keys/|tokens/user/UserRecords[.]ts$)|${TEST}`,
      },
      to: { path: module_('knex', 'better-sqlite3', 'pg', 'mysql2') },
    },
    {
      name: 'frameworks-have-their-adapters',
      comment: 'Only its adapter knows a framework, types included; another one gets its own.',
      severity: 'error',
      from: {
        path: '^packages/[^/]+/src/',
        pathNot: `^packages/auth-http/src/adapters/(express|fastify|backstage)[.]ts$|${TEST}`,
      },
      to: { path: module_(...frameworks) },
    },
    {
      name: 'backstage-has-its-doors',
      comment: 'Who does not run Backstage has none of its backend packages, types included.',
      severity: 'error',
      from: {
        path: '^packages/[^/]+/src/',
        pathNot: `^packages/[^/]+/src/(backstage[.]ts$|backstage/|adapters/backstage[.]ts$)|${TEST}`,
      },
      to: {
        path: module_(
          '@backstage/backend-[^/]+',
          '@backstage/plugin-[^/]+',
          '@backstage/core-[^/]+',
        ),
      },
    },
    {
      name: 'backstage-from-outside',
      comment:
        'The doors for Backstage, and programs, import of their package only what a third party could.',
      severity: 'error',
      from: {
        path: '^packages/[^/]+/src/((backstage|cli)/|(adapters/backstage|cli)[.]ts$)',
        pathNot: TEST,
      },
      to: { path: '^packages/', pathNot: `^packages/[^/]+/src/(backstage|cli)/|${DOORS}` },
    },
    {
      name: 'adapters-from-outside',
      comment:
        'An adapter imports of its package only what a third party could, and its own parts.',
      severity: 'error',
      from: source('auth-http', 'adapters/([^/.]+)'),
      to: { path: '^packages/', pathNot: `^packages/auth-http/src/adapters/$1/|${DOORS}` },
    },
    {
      name: 'http-core-knows-no-adapter',
      comment:
        'core and routes know requests and answers, neither a framework nor how it is called.',
      severity: 'error',
      from: source('auth-http', '(core|routes)/'),
      to: { path: ['^packages/auth-http/src/adapters/', module_(...frameworks)] },
    },
    {
      name: 'tokens-know-no-configuration',
      comment: 'What a token room needs to know comes as typed options.',
      severity: 'error',
      from: source('auth-backend', 'tokens/'),
      to: { path: '^packages/auth-backend/src/config/' },
    },
    {
      name: 'no-jose',
      comment:
        'Signatures are made and verified with node:crypto; jose is the second opinion of tests.',
      severity: 'error',
      from: source('[^/]+'),
      to: { path: module_('jose', 'jsonwebtoken') },
    },
    {
      name: 'fakes-know-no-runner',
      comment: 'The fakes work under any test runner, so they import none.',
      severity: 'error',
      from: source('auth-test-utils'),
      to: { path: [`^(${runners.join('|')})$`, module_(...runners)] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // These examples have dependencies of their own, which only the tests that run them install.
    exclude: { path: '^(packages|examples)/[^/]+/dist/|^examples/(backstage|plugin-tests)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
