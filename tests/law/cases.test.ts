import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../projectFiles';

const page = `
| TOK-01 | P0    | A good token | Accepted |
| TOK-02 | P2    | Two segments | Refused |
| TOK-03 | P2    | Odd things   | Not held: nobody sends them |
| TOK-04 | later | New things   | |
`;

const all = { 'TOK-01 accepts': 'passed', 'form TOK-02 refuses': 'passed' };

describe('the script that compares cases with tests', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stagepass-cases-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function compare(tests: Record<string, string>) {
    const assertionResults = Object.entries(tests).map(([fullName, status]) => ({
      fullName,
      status,
    }));
    const report = join(folder, 'report.json');
    writeFileSync(report, JSON.stringify({ testResults: [{ assertionResults }] }));
    writeFileSync(join(folder, 'page.md'), page);
    return run('--page', join(folder, 'page.md'), '--report', report);
  }

  it('is content when each case has tests that pass, is later, or is written down', () => {
    const { status, stdout } = compare(all);
    expect(stdout).toMatch(/^TOK +4 +2 +2 {3}TOK-03, TOK-04$/m);
    expect(stdout).toMatch(/^2 passed, 0 failed$/m);
    expect(status).toBe(0);
  });

  it.each([
    ['has no test', { 'form TOK-02 refuses': 'passed' }, 'TOK-01: no test has it in its title'],
    ['has a test that fails', { ...all, 'TOK-02 also': 'failed' }, 'TOK-02: 1 of 2 tests did'],
    ['has a test that is skipped', { ...all, 'TOK-01 too': 'pending' }, 'TOK-01: 1 of 2 tests did'],
    ['has a failing test though written down', { ...all, 'TOK-03 x': 'failed' }, 'TOK-03: 1 of 1'],
    ['stands on no row', { ...all, 'TOK-99 invents': 'passed' }, 'TOK-99: is on no row'],
  ])('fails where an id %s', (_, tests, problem) => {
    const { status, stdout } = compare(tests);
    expect(stdout).toContain(`FAILED  ${problem}`);
    expect(stdout).toMatch(/^\d passed, 1 failed$/m);
    expect(status).toBe(1);
  });

  it('says what to run where a report is missing', () => {
    const { status, stderr } = run('--report', join(folder, 'none.json'));
    expect(stderr).toContain(
      'none.json is missing: run "npm test" and "npm run test:faults" first',
    );
    expect(status).toBe(1);
  });
});

function run(...args: string[]) {
  const script = join(root, 'scripts/cases.mjs');
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
}
