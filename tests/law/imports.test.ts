import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectFiles, root } from '../projectFiles';

interface Report {
  summary: {
    totalCruised: number;
    violations: Array<{ from: string; to: string; rule: { name: string } }>;
  };
}

function cruise(folder: string): Report {
  const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      depcruise,
      ...['--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
      ...['packages', 'examples', 'tests'],
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (!stdout.startsWith('{')) throw new Error(stderr || stdout);
  return JSON.parse(stdout) as Report;
}

describe('the law of imports', () => {
  it('is kept by every file', () => {
    const { summary } = cruise(root);
    const violations = summary.violations.map(
      ({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`,
    );
    expect(violations).toEqual([]);
    expect(summary.totalCruised).toBeGreaterThan(50);
  });

  it('is not switched off by a comment anywhere', () => {
    const files = projectFiles().filter(file => /[.](ts|[cm]?js)$/.test(file));
    const escapes = /eslint-[d]isable|dependency-[c]ruiser-|\b[d]epcruise-/;
    const found = files.filter(file => escapes.test(readFileSync(join(root, file), 'utf8')));
    expect(files.length).toBeGreaterThan(50);
    expect(found).toEqual([]);
  });
});

/** One file that breaks each rule: the rule, the file, what it says. */
const crimes: ReadonlyArray<readonly [rule: string, file: string, content: string]> = [
  ['no-cycles', 'auth-backend/src/egg.ts', `import './hen';`],
  ['auth-node-knows-no-sibling', 'auth-node/src/proud.ts', `import '@stagepass/auth-http';`],
  ['siblings-meet-in-auth-node', 'auth-backend/src/rude.ts', `import '@stagepass/auth-http';`],
  [
    'siblings-meet-in-auth-node',
    'auth-http/src/curious.ts',
    `import type { T } from '@stagepass/auth-backend';\nexport type U = T;`,
  ],
  ['siblings-meet-in-auth-node', 'auth-test-utils/src/bold.ts', `import '@stagepass/auth-http';`],
  ['through-the-door', 'auth-http/src/window.ts', `import '@stagepass/auth-node/errors';`],
  ['by-name-not-by-path', 'auth-http/src/tunnel.ts', `import '../../auth-node/src/index';`],
  ['every-file-behind-a-door', 'auth-http/src/forgotten.ts', `export const nobody = 'calls';`],
  ['published-knows-no-test', 'auth-http/src/cheat.ts', `import './testing/fake';`],
  ['contracts-have-their-door', 'auth-test-utils/src/partial.ts', `import './contracts/suite';`],
  [
    'backstage-has-its-doors',
    'auth-backend/src/homesick.ts',
    `import type { AuthService } from '@backstage/backend-plugin-api';\nexport type A = AuthService;`,
  ],
  ['backstage-from-outside', 'auth-backend/src/backstage/insider.ts', `import '../wanders';`],
  ['no-unresolvable', 'auth-http/src/lost.ts', `import './nowhere';`],
  ['declared-dependencies', 'auth-http/src/borrowed.ts', `import 'jest';`],
  ['sql-is-behind-knex-types', 'auth-backend/src/keys/loads.ts', `import 'knex';`],
  [
    'sql-has-its-room',
    'auth-backend/src/wanders.ts',
    `import type { Knex } from 'knex';\nexport type K = Knex;`,
  ],
  [
    'frameworks-have-their-adapters',
    'auth-http/src/typed.ts',
    `import type { Router } from 'express';\nexport type R = Router;`,
  ],
  ['adapters-from-outside', 'auth-http/src/adapters/insider.ts', `import '../core/climbs';`],
  ['http-core-knows-no-adapter', 'auth-http/src/core/climbs.ts', `import '../adapters/express';`],
  ['http-core-knows-no-adapter', 'auth-http/src/routes/climbs.ts', `import '../adapters/express';`],
  ['tokens-know-no-configuration', 'auth-backend/src/tokens/reads.ts', `import '../config/all';`],
  ['no-jose', 'auth-backend/src/tokens/asks.ts', `import 'jose';`],
  ['fakes-know-no-runner', 'auth-test-utils/src/runs.ts', `import 'node:test';`],
  ['fakes-know-no-runner', 'auth-test-utils/src/spies.ts', `import 'jest';`],
];

/** Files that are accused of nothing. */
const bystanders: ReadonlyArray<readonly [file: string, content: string]> = [
  ['auth-node/src/errors.ts', `export const door = 'none';`],
  ['auth-backend/src/hen.ts', `import './egg';`],
  ['auth-test-utils/src/contracts/suite.ts', `export const suite = [];`],
  ['auth-http/src/testing/fake.ts', `export const fake = true;`],
  ['auth-http/src/adapters/express.ts', `import { Router } from 'express';\nexport { Router };`],
  [
    'auth-http/src/adapters/fastify.ts',
    `import type { FastifyInstance } from 'fastify';\nexport type F = FastifyInstance;`,
  ],
  ['auth-backend/src/config/all.ts', `export const config = {};`],
];

describe('a tree with one crime per rule', () => {
  let folder: string;
  let reported: string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stagepass-law-'));
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.base.json']) {
      copyFileSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    for (const name of ['examples', 'tests']) mkdirSync(join(folder, name));

    const files = new Map<string, string>(bystanders);
    for (const [, file, content] of crimes) files.set(file, content);
    for (const name of readdirSync(join(root, 'packages'))) {
      files.set(
        `${name}/package.json`,
        readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'),
      );
      // The door of the package reaches every file but the one that is forgotten, and test files.
      const inside = [...files.keys()]
        .filter(
          file => file.startsWith(`${name}/src/`) && !/forgotten|testing|contracts/.test(file),
        )
        .map(file => `import './${file.slice(`${name}/src/`.length, -3)}';\n`);
      files.set(`${name}/src/index.ts`, `${inside.join('')}export type T = string;\n`);
    }
    for (const [file, content] of files) {
      mkdirSync(dirname(join(folder, 'packages', file)), { recursive: true });
      writeFileSync(join(folder, 'packages', file), content);
    }
    reported = cruise(folder).summary.violations.map(
      // A file that cannot be reached is the `to` of its violation, or its only module.
      ({ rule, from, to }) => `${rule.name}: ${rule.name.startsWith('every-file') ? to : from}`,
    );
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(crimes)('reports %s in %s', (rule, file) => {
    expect(reported).toContain(`${rule}: packages/${file}`);
  });

  it('accuses no bystander', () => {
    for (const [file] of bystanders) {
      expect(reported.filter(line => line.endsWith(`packages/${file}`))).toEqual([]);
    }
  });

  it('has a crime for every rule', () => {
    const config = readFileSync(join(root, '.dependency-cruiser.cjs'), 'utf8');
    const rules = [...config.matchAll(/name: '([a-z-]+)'/g)].map(([, name]) => name);
    expect(rules.length).toBeGreaterThan(10);
    expect([...new Set(crimes.map(([rule]) => rule))].sort()).toEqual(rules.sort());
  });
});
