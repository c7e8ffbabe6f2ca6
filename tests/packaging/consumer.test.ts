import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../projectFiles';
import { expectedModules } from './expectedModules';
import { loadedBy } from './loadedModules';
import { backstagePeer, importable, imports, Tarballs } from './tarballs';
import { TemporaryProject } from './TemporaryProject';

const MEBIBYTE = 1024 * 1024;
const MINUTES = 60_000;

/** What works without any optional peer. */
const withoutPeers = importable.filter(name => !/\/(express|fastify|backstage)$/.test(name));

/** Prints how many names each import exports. */
const countInEsm = (names: readonly string[]) => `
  for (const name of ${JSON.stringify(names)}) {
    console.log(name, Object.keys(await import(name)).length > 0);
  }`;
const countInCommonJs = (names: readonly string[]) => `
  for (const name of ${JSON.stringify(names)}) {
    console.log(name, Object.keys(require(name)).length > 0);
  }`;
const allLoaded = (names: readonly string[]) => names.map(name => `${name} true\n`).join('');

describe('a new project with the four tarballs', () => {
  let tarballs: Tarballs;
  let project: TemporaryProject;

  beforeAll(() => {
    tarballs = Tarballs.pack();
    project = new TemporaryProject();
    project.install(...tarballs.paths);
  }, 5 * MINUTES);
  afterAll(() => {
    project?.remove();
    tarballs?.remove();
  });

  it('holds at most 3 MB in 16 packages', () => {
    const lock = readFileSync(join(project.folder, 'package-lock.json'), 'utf8');
    const { packages } = JSON.parse(lock) as { packages: Record<string, unknown> };
    const installed = Object.keys(packages).filter(path => path !== '');
    expect(installed).toEqual(
      expect.arrayContaining(Object.keys(imports).map(name => `node_modules/@stagepass/${name}`)),
    );
    expect(installed.length).toBeLessThanOrEqual(16);
    expect(bytesIn(join(project.folder, 'node_modules'))).toBeLessThanOrEqual(3 * MEBIBYTE);
  });

  it('imports what needs no peer, from ESM and from CommonJS', () => {
    project.write('peerless.mjs', countInEsm(withoutPeers));
    project.write('peerless.cjs', countInCommonJs(withoutPeers));
    expect(project.run('node', 'peerless.mjs')).toBe(allLoaded(withoutPeers));
    expect(project.run('node', 'peerless.cjs')).toBe(allLoaded(withoutPeers));
  });

  it('has the program that explains tokens', () => {
    const help = project.run('npx', '--no-install', '@stagepass/auth-backend', '--help');
    expect(help).toContain('npx @stagepass/auth-backend explain --plugin <id> [options] [token]');
  });

  it('has types that need no peer', () => {
    project.write('peerless.mts', withoutPeers.map(name => `export * from '${name}';\n`).join(''));
    typeCheck('peerless.mts', 'node16', 'node16');
  });

  describe('and the optional peers', () => {
    beforeAll(() => {
      project.install(
        ...[
          'express@5',
          'fastify@5',
          'knex@3',
          '@types/node@20',
          '@types/express@5',
          backstagePeer,
        ],
      );
    }, 5 * MINUTES);

    it('imports everything from ESM', () => {
      project.write('all.mjs', countInEsm(importable));
      expect(project.run('node', 'all.mjs')).toBe(allLoaded(importable));
    });

    it('imports everything from CommonJS', () => {
      project.write('all.cjs', countInCommonJs(importable));
      expect(project.run('node', 'all.cjs')).toBe(allLoaded(importable));
    });

    it.each(expectedModules)('loads nothing more for $entry', ({ entry, esm, commonJs }) => {
      const name = `@stagepass/${entry}`;
      expect(loadedBy(project, 'import', name)).toMatchObject(esm);
      expect(loadedBy(project, 'require', name)).toMatchObject(commonJs);
    });

    it('knows what every import loads', () => {
      const known = expectedModules.map(({ entry }) => `@stagepass/${entry}`);
      expect(known.sort()).toEqual([...importable].sort());
    });

    it.each([
      ['node16', 'node16', 'program.mts'],
      ['node16', 'node16', 'program.cts'],
      ['bundler', 'esnext', 'program.mts'],
    ])('type-checks with moduleResolution %s, module %s: %s', (moduleResolution, module, file) => {
      project.write(file, program);
      typeCheck(file, moduleResolution, module);
    });

    it.each(['program.mts', 'program.cts'])('runs %s once it is compiled', file => {
      project.write(file, program);
      compile(file, '--skipLibCheck', '--module', 'node16', '--moduleResolution', 'node16');
      const output = project.run('node', file.replace('ts', 'js'));
      // One of its requests has no credentials.
      expect(output).toMatch(
        /^user:default\/jane via catalog\n\[stagepass\] Refused by the plugin catalog: .*\n$/,
      );
    });
  });

  function typeCheck(file: string, resolution: string, module: string): void {
    const both = ['--moduleResolution', resolution, '--module', module];
    expect(compile(file, '--noEmit', '--strict', ...both)).toBe('');
  }

  /** Compiles with this repository's compiler, libraries checked too; `dom` is for @backstage/errors. */
  function compile(file: string, ...options: string[]): string {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const target = ['--target', 'es2022', '--lib', 'es2023,dom', '--esModuleInterop'];
    return project.run('node', tsc, ...target, ...options, file);
  }
});

/** Uses each import with its types, and a call from end to end. */
const program = `
import { createServer } from 'node:http';
import express from 'express';
import type { AuthService, BackstageCredentials } from '@stagepass/auth-node';
import { isAuthError, isPrincipal } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { createAuthBackend, createUserTokenIssuer } from '@stagepass/auth-backend';
import { createHttpAuthService } from '@stagepass/auth-http';
import { authErrorHandler, createPluginRouter } from '@stagepass/auth-http/express';
import { fastifyAuth } from '@stagepass/auth-http/fastify';
import { createFetchAuth } from '@stagepass/auth-http/fetch';
import { createNodeAuth } from '@stagepass/auth-http/node';
import fastify from 'fastify';
import { mockCredentials, mockServices } from '@stagepass/auth-test-utils';

const discovery = {
  getBaseUrl: async (pluginId: string) => \`http://localhost:7007/api/\${pluginId}\`,
  getExternalBaseUrl: async (pluginId: string) => \`http://localhost:7007/api/\${pluginId}\`,
};

async function main(): Promise<void> {
  const issuer = await createUserTokenIssuer({ issuer: await discovery.getBaseUrl('auth') });
  const backend = createAuthBackend({ discovery, userTokenIssuer: issuer });
  const caller: AuthService = await backend.forPlugin('my-plugin');
  const target = await backend.forPlugin('catalog');

  const { token } = await issuer.issueToken({ claims: { sub: 'user:default/jane' } });
  const user: BackstageCredentials = await caller.authenticate(token);
  const call = await caller.getPluginRequestToken({ onBehalfOf: user, targetPluginId: 'catalog' });
  const seen = await target.authenticate(call.token);
  if (!target.isPrincipal(seen, 'user') || !isPrincipal(seen, 'user')) throw new Error('no user');
  console.log(\`\${seen.principal.userEntityRef} via catalog\`);

  const httpAuth = createHttpAuthService({ auth: target, discovery, pluginId: 'catalog' });
  const { router, addAuthPolicy } = createPluginRouter({ auth: target, httpAuth });
  addAuthPolicy({ path: '/health', allow: 'unauthenticated' });
  express().use('/api/catalog', router).use(authErrorHandler());
  const app = fastify();
  await app.register(fastifyAuth, { auth: target, httpAuth });
  app.addAuthPolicy({ path: '/health', allow: 'unauthenticated' });
  const node = createNodeAuth({ auth: target, httpAuth, basePath: '/api/catalog' });
  createServer((req, res) => void node.handle(req, res));
  const fetchAuth = createFetchAuth({ auth: target, httpAuth });
  const refusal = await fetchAuth.handle(new Request('http://localhost/x'));
  if (refusal?.status !== 401) throw new Error('no refusal');

  const mock: AuthService = mockServices.auth();
  await mock.authenticate(mockCredentials.user.token());
  const error: unknown = createAuthError('AUTH_KEY_UNKNOWN', 'for the test');
  if (!isAuthError(error) || error.code !== 'AUTH_KEY_UNKNOWN') throw new Error('no code');
  await backend.close();
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
`;

function bytesIn(folder: string): number {
  let total = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    total += entry.isDirectory() ? bytesIn(path) : statSync(path).size;
  }
  return total;
}
