import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../projectFiles';
import { targets } from './targets';

function fuzz(...args: string[]) {
  const script = join(root, 'scripts/fuzz.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('npm run test:fuzz', () => {
  it('tries every target, instrumented, and says how much of its code was reached', () => {
    const { status, stdout } = fuzz('--runs', '60');
    expect(stdout).toMatch(new RegExp(`^${targets.length} passed, 0 failed$`, 'm'));
    const shares = [...stdout.matchAll(/'([\w-]+)' +│ +\d+ +│ '(\d+) of (\d+)'/g)].map(
      ([, name, reached, of]) => ({ name, share: Number(reached) / Number(of) }),
    );
    expect(shares.map(({ name }) => name)).toEqual(targets.map(({ name }) => name));
    // The seeds alone get so far: one that does not is no longer understood.
    expect(shares.filter(({ share }) => share < 0.5)).toEqual([]);
    expect(status).toBe(0);
  });

  it.each([
    [['--target', 'nothing'], /^There is no target nothing: expected compact, json, /],
    [['--runs', 'many'], /^--runs takes a whole number, found many/],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = fuzz(...args);
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
  });
});
