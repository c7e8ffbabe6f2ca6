import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The root of the repository. */
export const root = resolve(__dirname, '..');

/** What `.gitignore` names; the walk needs no git, so that it works in an unpacked archive too. */
const ignored = /^(node_modules|dist|artifacts|coverage|data|[.]yarn|[.]git|[.]DS_Store)$|[.]log$/;

/** Lists the files of the project, relative to its root. */
export function projectFiles(folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    if (ignored.test(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? projectFiles(path) : [path];
  });
}
