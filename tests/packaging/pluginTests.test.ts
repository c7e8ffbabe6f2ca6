import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { keyStoreContract } from '@stagepass/auth-test-utils/contracts';
import { root } from '../projectFiles';
import { Tarballs } from './tarballs';
import { TemporaryProject } from './TemporaryProject';

const MINUTES = 60_000;

/** The tests on mocks, those on real tokens, and the contract suite. */
const count = 8 + 4 + keyStoreContract.length;

let tarballs: Tarballs;
beforeAll(() => {
  tarballs = Tarballs.pack();
});
afterAll(() => tarballs?.remove());

describe.each([
  ['jest', 'js', new RegExp(`Tests: +${count} passed, ${count} total`)],
  ['vitest', 'ts', new RegExp(`Tests +${count} passed \\(${count}\\)`)],
  ['node-test', 'js', new RegExp(`pass ${count}\\n. fail 0\\n`)],
])('the example project of %s', (name, extension, allPassed) => {
  let project: TemporaryProject;

  beforeAll(() => {
    project = new TemporaryProject();
    project.copy(join(root, 'examples/plugin-tests', name));
    project.install(...tarballs.paths);
  }, 10 * MINUTES);
  afterAll(() => project?.remove());

  it('passes all of its tests with the packed packages', () => {
    expect(stripVTControlCharacters(project.run('npm', 'test'))).toMatch(allPassed);
  });

  if (extension === 'ts') {
    it('compiles, with the matchers in the types of its runner', () => {
      project.run('npm', 'run', 'typecheck');
    });
  }

  it('fails where the plugin calls for itself in place of its caller', () => {
    project.replace(
      `src/createRouter.${extension}`,
      '{ onBehalfOf,',
      '{ onBehalfOf: await auth.getOwnServiceCredentials(),',
    );
    expect(() => project.run('npm', 'test')).toThrow(
      /Expected a token (from todo )?to catalog, on behalf of user:default\/jane, found a token from todo to catalog, on behalf of nobody but the plugin/,
    );
  });
});
