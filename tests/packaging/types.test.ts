import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../projectFiles';
import { imports, packageNames, Tarballs } from './tarballs';

const load = createRequire(__filename);

let tarballs: Tarballs;
beforeAll(() => {
  tarballs = Tarballs.pack();
});
afterAll(() => tarballs?.remove());

describe.each(packageNames)('the packed %s', name => {
  it('is faultless to publint', () => {
    // publint is an ES module, which this runner does not load: it runs beside.
    const script = `
      import { readFileSync } from 'node:fs';
      import { publint } from 'publint';
      const tarball = readFileSync(process.argv[1]).buffer;
      const { messages } = await publint({ pack: { tarball }, strict: true });
      console.log(JSON.stringify(messages));
    `;
    const result = node('--input-type=module', '--eval', script, tarballs.of(name));
    expect(JSON.parse(result.stdout)).toEqual([]);
  });

  it('has the right types for every way to import it', () => {
    const { bin } = JSON.parse(
      readFileSync(load.resolve('@arethetypeswrong/cli/package.json'), 'utf8'),
    );
    const cli = join(dirname(load.resolve('@arethetypeswrong/cli/package.json')), bin.attw);
    const { stdout } = node(cli, tarballs.of(name), '--profile', 'node16', '--format', 'json');
    const { analysis } = JSON.parse(stdout);
    const relevant = analysis.problems.filter(
      (problem: { resolutionKind?: string }) => problem.resolutionKind !== 'node10',
    );
    expect(relevant).toEqual([]);
    expect(Object.keys(analysis.entrypoints).filter(path => path !== './package.json')).toEqual(
      imports[name].map(path => path.replace(`@stagepass/${name}`, '.')),
    );
  });
});

function node(...args: string[]) {
  const result = spawnSync(process.execPath, args, {
    cwd: join(root, 'tests'),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!/^[[{]/.test(result.stdout)) throw new Error(result.stderr || result.stdout);
  return result;
}
