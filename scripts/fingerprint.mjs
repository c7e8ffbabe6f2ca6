import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './run.mjs';

/**
 * Fingerprints what the paths hold, files and whole folders, by names and contents.
 *
 * @param {string[]} paths - relative to the root; what does not exist counts as empty
 * @param {(path: string) => boolean} [counts] - tells whether a file counts; default all do
 * @returns {string}
 */
export function fingerprint(paths, counts = () => true) {
  const hash = createHash('sha256');
  const add = path => {
    const absolute = join(root, path);
    if (!existsSync(absolute)) return;
    if (statSync(absolute).isDirectory()) {
      for (const name of readdirSync(absolute).sort()) add(`${path}/${name}`);
    } else if (counts(path)) {
      const content = readFileSync(absolute);
      hash.update(`${path}\0${content.length}\0`).update(content);
    }
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}

/**
 * What was done last time, so that it is not done again: a small JSON file below `node_modules`.
 *
 * @param {string} name
 */
export function record(name) {
  const path = join(root, 'node_modules/.cache/stagepass', `${name}.json`);
  return {
    /** @returns {any} what was written, or undefined */
    read() {
      try {
        return JSON.parse(readFileSync(path, 'utf8'));
      } catch {
        return undefined;
      }
    },
    /** @param {unknown} value */
    write(value) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(value));
    },
    forget() {
      rmSync(path, { force: true });
    },
  };
}
