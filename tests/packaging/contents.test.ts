import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../projectFiles';
import { imports, packageNames, Tarballs } from './tarballs';

/** Every file that is published; a new one is added here on purpose. */
const files: Record<keyof typeof imports, string[]> = {
  'auth-node': [
    'LICENSE',
    'README.md',
    'dist/index.cjs',
    'dist/index.d.cts',
    'dist/index.d.ts',
    'dist/index.js',
    'dist/internal.cjs',
    'dist/internal.d.cts',
    'dist/internal.d.ts',
    'dist/internal.js',
    'dist/shared.js',
    'package.json',
  ],
  'auth-backend': [
    'LICENSE',
    'README.md',
    'config.schema.json',
    'dist/backstage.cjs',
    'dist/backstage.d.cts',
    'dist/backstage.d.ts',
    'dist/backstage.js',
    'dist/cli.js',
    'dist/index.cjs',
    'dist/index.d.cts',
    'dist/index.d.ts',
    'dist/index.js',
    'package.json',
  ],
  'auth-http': [
    'LICENSE',
    'README.md',
    'config.schema.json',
    'dist/backstage.cjs',
    'dist/backstage.d.cts',
    'dist/backstage.d.ts',
    'dist/backstage.js',
    'dist/express.cjs',
    'dist/express.d.cts',
    'dist/express.d.ts',
    'dist/express.js',
    'dist/fastify.cjs',
    'dist/fastify.d.cts',
    'dist/fastify.d.ts',
    'dist/fastify.js',
    'dist/fetch.cjs',
    'dist/fetch.d.cts',
    'dist/fetch.d.ts',
    'dist/fetch.js',
    'dist/index.cjs',
    'dist/index.d.cts',
    'dist/index.d.ts',
    'dist/index.js',
    'dist/node.cjs',
    'dist/node.d.cts',
    'dist/node.d.ts',
    'dist/node.js',
    'dist/shared.js',
    'dist/websocket.cjs',
    'dist/websocket.d.cts',
    'dist/websocket.d.ts',
    'dist/websocket.js',
    'package.json',
  ],
  'auth-test-utils': [
    'LICENSE',
    'README.md',
    'dist/backstage.cjs',
    'dist/backstage.d.cts',
    'dist/backstage.d.ts',
    'dist/backstage.js',
    'dist/contracts.cjs',
    'dist/contracts.d.cts',
    'dist/contracts.d.ts',
    'dist/contracts.js',
    'dist/index.cjs',
    'dist/index.d.cts',
    'dist/index.d.ts',
    'dist/index.js',
    'dist/matchers.cjs',
    'dist/matchers.d.cts',
    'dist/matchers.d.ts',
    'dist/matchers.js',
    'dist/shared.js',
    'package.json',
  ],
};

let tarballs: Tarballs;
beforeAll(() => {
  tarballs = Tarballs.pack();
});
afterAll(() => tarballs?.remove());

describe.each(packageNames)('the tarball of %s', name => {
  const tar = (...args: string[]) =>
    execFileSync('tar', [...args], { encoding: 'utf8', cwd: tarballs.folder });
  const list = () =>
    tar('-tzf', tarballs.of(name))
      .trim()
      .split('\n')
      .map(path => path.replace(/^package\//, ''))
      .sort();
  const read = (path: string) => tar('-xzOf', tarballs.of(name), `package/${path}`);

  it('holds these files and no others', () => {
    expect(list()).toEqual(files[name]);
  });

  it('exports what this repository promises', () => {
    const manifest = JSON.parse(read('package.json'));
    expect(manifest).toMatchObject({
      name: `@stagepass/${name}`,
      license: 'Apache-2.0',
      sideEffects: false,
      engines: { node: '^20.19.0 || >=22.12.0' },
      publishConfig: { access: 'public' },
    });
    const subpaths = imports[name].map(path => path.replace(`@stagepass/${name}`, '.'));
    expect(Object.keys(manifest.exports)).toEqual([...subpaths, './package.json']);
  });

  it('depends on versions that exist outside of this repository', () => {
    const { dependencies, peerDependencies = {} } = JSON.parse(read('package.json'));
    const version = JSON.parse(read('package.json')).version as string;
    for (const [dependency, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
      expect(range).toMatch(/^(\^\d+\.\d+\.\d+( \|\| \^\d+\.\d+\.\d+)*|>=0\.\d+\.\d+ <1)$/);
      if (dependency.startsWith('@stagepass/')) expect(range).toBe(`^${version}`);
    }
  });

  it('says its licence', () => {
    expect(read('LICENSE')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
  });

  it('takes the vocabulary from auth-node instead of copying it', () => {
    if (name === 'auth-node') return;
    for (const path of files[name].filter(file => /[.]d[.]c?ts$/.test(file))) {
      expect(read(path)).toMatch(/from '(@stagepass\/auth-\w+|@backstage\/backend-plugin-api)'/);
      expect(read(path)).not.toMatch(/(interface|type|class) (AuthService|BackstageCredentials)\b/);
    }
  });
});
