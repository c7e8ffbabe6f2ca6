import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the vectors of others are: they are not part of the project. */
const folder = process.env.STAGEPASS_VECTORS;

/** The repository of Wycheproof keeps its files in this folder. */
const UPSTREAM = 'testvectors_v1';

/**
 * Describes tests that read a file of vectors. Without the file they are skipped, and say what would run them.
 *
 * @param file - its name in the folder that the variable STAGEPASS_VECTORS names
 * @param define - defines the tests; the data is there when they run, and for those alone
 */
export function describeVectors<TData>(
  title: string,
  file: string,
  define: (data: TData) => void,
): void {
  const path = [file, join(UPSTREAM, file)]
    .map(name => join(folder ?? '', name))
    .find(name => folder !== undefined && existsSync(name));
  if (path === undefined) {
    const remedy = `to run them, let STAGEPASS_VECTORS name a folder with ${file}`;
    describe.skip(`${title} (${remedy})`, () => define({} as TData));
    return;
  }
  const data = JSON.parse(readFileSync(path, 'utf8')) as TData;
  describe(title, () => define(data));
}

/** Counts what came of the cases of a file, by name. */
export function countBy<TCase>(
  cases: readonly TCase[],
  nameOf: (it: TCase) => string,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const it of cases) counts[nameOf(it)] = (counts[nameOf(it)] ?? 0) + 1;
  return counts;
}
