import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/**
 * Walks the packages that an installation of some brings with it, production dependencies alone: those it names,
 * and the peers that it cannot do without, as they lie in the `node_modules` around a folder.
 *
 * @param {string[]} names
 * @param {string} from - a folder from which they can be found
 * @returns {{ packages: number, bytes: number }}
 */
export function walkInstalled(names, from) {
  const folders = new Set();
  const waiting = names.map(name => find(name, from) ?? missing(name, from));
  while (waiting.length > 0) {
    const folder = waiting.pop();
    if (folders.has(folder)) continue;
    folders.add(folder);
    for (const [name, needed] of dependenciesOf(manifestOf(folder))) {
      const found = find(name, folder);
      if (found) waiting.push(found);
      else if (needed) missing(name, folder);
    }
  }
  const bytes = [...folders].reduce((sum, folder) => sum + bytesOf(folder), 0);
  return { packages: folders.size, bytes };
}

/** Names, and whether each has to be there: what is optional may be for another kind of machine. */
function dependenciesOf(manifest) {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifest;
  const isOptional = name => manifest.peerDependenciesMeta?.[name]?.optional === true;
  const peers = Object.keys(peerDependencies).filter(name => !isOptional(name));
  return [
    ...Object.keys(dependencies).map(name => [name, !(name in optionalDependencies)]),
    ...Object.keys(optionalDependencies).map(name => [name, false]),
    // Package managers of some kinds do not install them.
    ...peers.map(name => [name, false]),
  ];
}

/** Where Node would find a package. */
function find(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(folder) === folder) return undefined;
  }
}

function missing(name, from) {
  throw new Error(`${name}, which ${from} needs, is not installed`);
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** The size of the files that are published: of a package of this repository there are others beside them. */
function bytesOf(folder) {
  const { files, types } = manifestOf(folder);
  if (folder.includes(`${sep}node_modules${sep}`)) return bytesIn(folder);
  if (!existsSync(join(folder, types))) throw new Error(`${folder} was built without its types`);
  const always = ['package.json', 'README.md', 'LICENSE'];
  return [...always, ...files].reduce((sum, file) => sum + bytesIn(join(folder, file)), 0);
}

function bytesIn(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path)
    .filter(name => name !== 'node_modules')
    .reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}
