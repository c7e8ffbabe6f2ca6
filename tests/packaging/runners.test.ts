import { backstagePeer, importable, Tarballs } from './tarballs';
import { TemporaryProject } from './TemporaryProject';

const MINUTES = 60_000;

/** Vitest 4 is the newest that runs on Node 20. */
const runners = ['jest@30.5.2', 'vitest@4.1.12'];

/** The same test in both module systems: each import exports something, and the mocks do their work. */
const body = (load: string) => `
test('loads every package and subpath', async () => {
  for (const name of ${JSON.stringify(importable)}) {
    if (Object.keys(${load}(name)).length === 0) throw new Error(name + ' is empty');
  }
  const { mockCredentials, mockServices } = ${load}('@stagepass/auth-test-utils');
  const credentials = await mockServices.auth().authenticate(mockCredentials.user.token());
  if (credentials.principal.userEntityRef !== 'user:default/mock') throw new Error('wrong user');
});
`;
const fromImport = body('await import');
const fromRequire = body('require');

describe('an unconfigured test suite', () => {
  let tarballs: Tarballs;
  let project: TemporaryProject;

  beforeAll(() => {
    tarballs = Tarballs.pack();
    project = new TemporaryProject();
    project.install(
      ...tarballs.paths,
      'express@5',
      'fastify@5',
      'knex@3',
      backstagePeer,
      ...runners,
    );
  }, 10 * MINUTES);
  afterAll(() => {
    project?.remove();
    tarballs?.remove();
  });

  /** Writes a test into a project of its own, so that a runner sees its own files alone. */
  function given(folder: string, file: string, content: string): void {
    project.write(`${folder}/package.json`, '{ "name": "suite", "private": true }');
    project.write(`${folder}/${file}`, content);
  }

  it('of Jest 30 loads everything by require', () => {
    given('jest-require', 'stagepass.test.js', fromRequire);
    const output = project.runIn('jest-require', 'node', '../node_modules/jest/bin/jest.js');
    expect(output).toMatch(/Tests: +1 passed, 1 total/);
  });

  it('of Jest 30 loads everything by import', () => {
    given('jest-import', 'stagepass.test.mjs', fromImport);
    const output = project.runIn(
      'jest-import',
      'node',
      '--experimental-vm-modules',
      '../node_modules/jest/bin/jest.js',
    );
    expect(output).toMatch(/Tests: +1 passed, 1 total/);
  });

  it.each([
    ['import', fromImport],
    [
      'require',
      `import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      ${fromRequire}`,
    ],
  ])('of Vitest loads everything by %s', (kind, content) => {
    const withTest = `import { test } from 'vitest';\n${content}`;
    given(`vitest-${kind}`, 'stagepass.test.mjs', withTest);
    const output = project.runIn(
      `vitest-${kind}`,
      'node',
      '../node_modules/vitest/vitest.mjs',
      ...['run', '--no-color'],
    );
    expect(output).toMatch(/Tests +1 passed \(1\)/);
  });

  it.each([
    ['import', 'stagepass.test.mjs', `import { test } from 'node:test';\n${fromImport}`],
    ['require', 'stagepass.test.cjs', `const { test } = require('node:test');\n${fromRequire}`],
  ])('of node:test loads everything by %s', (kind, file, content) => {
    given(`node-${kind}`, file, content);
    const output = project.runIn(`node-${kind}`, 'node', '--test', '--test-reporter', 'tap');
    expect(output).toMatch(/# pass 1\n# fail 0/);
  });
});
