import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../projectFiles';

interface Report {
  readonly testResults: ReadonlyArray<{ name: string; status: string; message: string }>;
}

/** Runs the files that are there to leave something behind, with the configuration of this run. */
function runLeft(): Map<string, { status: string; message: string }> {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const which = ['--testMatch', '<rootDir>/tests/unhandled/left/*.left.ts'];
  const { stdout, status } = spawnSync(process.execPath, [jest, ...which, '--json', '-i'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  const { testResults } = JSON.parse(stdout) as Report;
  return new Map(testResults.map(result => [/(\w+)[.]left[.]ts$/.exec(result.name)![1]!, result]));
}

describe('RUN-01 a run of tests', () => {
  const results = runLeft();

  it.each([
    ['rejection', 'failed', /Left behind by the tests of this file: Error: nobody handles this/],
    ['exception', 'failed', /Left behind by the tests of this file: Error: nobody catches this/],
    ['nothing', 'passed', /^$/],
  ])('RUN-01 with a file that leaves behind %s: %s', (name, status, message) => {
    expect(results.get(name)).toMatchObject({
      status,
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('RUN-01 ends a process of a test at what nobody handles', () => {
    const script = 'Promise.reject(new Error("nobody handles this")); setTimeout(() => {}, 60_000)';
    const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining('nobody handles this') as unknown,
    });
  });
});
