import type { TemporaryProject } from './TemporaryProject';

/** What the import of an entry loads. */
export interface LoadedModules {
  /** Files of the four packages, such as `auth-http/dist/shared.js`. */
  readonly own: string[];
  /** Packages of others, without those that an optional peer brings. */
  readonly packages: string[];
  /** Modules of Node that cost much, or that belong to work which only some do. */
  readonly costly: string[];
}

/** Imports or requires an entry in a fresh process of a project, and says what came with it. */
export function loadedBy(
  project: TemporaryProject,
  how: 'import' | 'require',
  entry: string,
): LoadedModules {
  project.write('modules.mjs', modulesProgram);
  project.write('builtins.mjs', builtinsProgram);
  const { own, packages } = JSON.parse(project.run('node', 'modules.mjs', how, entry));
  return { own, packages, costly: JSON.parse(project.run('node', 'builtins.mjs', how, entry)) };
}

/** A hook sees what ESM files import; what CommonJS files require stands in the cache of the loader. */
const modulesProgram = `
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { fileURLToPath } from 'node:url';

const [how, entry] = process.argv.slice(2);
const load = createRequire(import.meta.url);
const hook = \`
  import { appendFileSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    if (found.url.startsWith('file:')) appendFileSync('resolved.txt', found.url + '\\\\n');
    return found;
  }\`;

writeFileSync('resolved.txt', '');
if (how === 'import') register('data:text/javascript,' + encodeURIComponent(hook));
const seen = new Set();
const walk = file => {
  if (seen.has(file)) return;
  seen.add(file);
  if (/\\/node_modules\\/(express|fastify|@backstage\\/backend-plugin-api)\\//.test(file)) return;
  for (const child of load.cache[file]?.children ?? []) walk(child.filename);
};
if (how === 'import') {
  await import(entry);
  for (const url of readFileSync('resolved.txt', 'utf8').trim().split('\\n')) walk(fileURLToPath(url));
} else {
  load(entry);
  walk(load.resolve(entry));
}
const paths = [...seen].map(file => file.slice(file.lastIndexOf('/node_modules/') + 14));
const own = paths.filter(path => path.startsWith('@stagepass/')).map(path => path.slice(11));
const others = paths.filter(path => !path.startsWith('@stagepass/'));
const packages = new Set(others.map(path => path.match(/^(@[^/]+\\/)?[^/]+/)[0]));
console.log(JSON.stringify({ own: own.sort(), packages: [...packages].sort() }));
`;

const builtinsProgram = `
import { createRequire } from 'node:module';

const [how, entry] = process.argv.slice(2);
const costly = [
  ...['child_process', 'cluster', 'dgram', 'dns', 'http', 'http2', 'https', 'inspector', 'readline'],
  ...['repl', 'sqlite', 'test', 'tls', 'vm', 'worker_threads', 'zlib', 'internal/deps/undici/undici'],
];
const before = new Set(process.moduleLoadList);
if (how === 'import') await import(entry);
else createRequire(import.meta.url)(entry);
const loaded = process.moduleLoadList.filter(name => !before.has(name));
console.log(JSON.stringify(costly.filter(name => loaded.includes('NativeModule ' + name))));
`;
