import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, root } from '../projectFiles';

// One letter of each word stands in brackets, so that this file does not find itself.
const banned: ReadonlyArray<readonly [what: string, pattern: RegExp]> = [
  ['the path of a home or work folder', /(?<![\w.@/-])\/([h]ome|[r]oot|[w]ork|[U]sers)\/[\w.-]/],
  ['the host of a package registry', /\b([r]egistry|npm)[.]([a-z-]+[.])+[a-z]{2,}\b/],
  ['a note of unfinished work', /\b(TO[D]O|FIX[M]E)\b/],
  ['a test that runs alone', /\b(describe|it|test)[.][o]nly\b|\bf(it|describe)\(/],
  ['a test that never runs', /\b(describe|it|test)[.]([s]kip|todo)\(|\bx(it|describe)\(/],
];

describe('the files of the project', () => {
  const files = projectFiles().map(path => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
  }));

  it('are found', () => {
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['package.json', '.ci/run', 'packages/auth-node/src/index.ts']),
    );
  });

  /** Where a database server, a browser or vectors are missing, the tests that need them are skipped, and say so. */
  const skipsWhereSomethingIsMissing = [
    'tests/databases/servers.ts',
    'tests/browser/chromium.ts',
    'tests/vectors/vectorFiles.ts',
  ];

  it.each(banned)('hold nowhere %s', (what, pattern) => {
    const checked = files.filter(
      ({ path }) =>
        !(what === 'a test that never runs' && skipsWhereSomethingIsMissing.includes(path)),
    );
    const found = checked.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
    );
    expect(found).toEqual([]);
  });
});
