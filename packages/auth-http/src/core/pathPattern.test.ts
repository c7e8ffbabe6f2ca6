import { createRandom, randomText } from '../testing/random';
import { covers, parsePathPattern, type PathPattern, type Reading } from './pathPattern';
import { readRequestPath } from './requestPath';

const matches = (
  policyPath: string,
  path: string,
  exact = false,
  reading: Reading = 'any case and slash',
) => parsePathPattern(policyPath, exact).some(({ regexps }) => regexps[reading].test(path));

const readings: readonly Reading[] = ['as written', 'any slash', 'any case', 'any case and slash'];

const only = (policyPath: string, exact = false): PathPattern => {
  const [pattern, ...others] = parsePathPattern(policyPath, exact);
  if (!pattern || others.length > 0) throw new Error(`expected one pattern for ${policyPath}`);
  return pattern;
};

describe('parsePathPattern', () => {
  it.each([
    ['/', '/', true],
    ['/', '/any/thing', true],
    ['*', '/', true],
    ['*', '/any/thing', true],
    ['*', 'no-slash', false],
    ['/health', '/health', true],
    ['/health', '/HEALTH', true],
    ['/health', '/health/', true],
    ['/health', '/health/deep/er', true],
    ['/health', '/healthadmin', false],
    ['/health', '/health.json', false],
    ['/health', '/health;x', false],
    ['/health', '/', false],
    ['/health', '/x/health', false],
    ['/files/:id', '/files/1', true],
    ['/files/:id', '/files/1/admin', true],
    ['/files/:id', '/files', false],
    ['/files/:id', '/files/', false],
    ['/:a-:b', '/x-y', true],
    ['/:a-:b', '/xy', false],
    ['/files{/:id}/meta', '/files/meta', true],
    ['/files{/:id}/meta', '/files/1/meta', true],
    ['/files{/:id}/meta', '/files/1/2/meta', false],
    ['/static/*rest', '/static/a/b', true],
    ['/static/*rest', '/static', false],
    ['/*rest/raw', '/a/b/raw', true],
    ['/*rest/raw', '/a/b', false],
    ['/a\\:b', '/a:b', true],
    ['/:"odd name"/x', '/1/x', true],
  ])('%s covers %s: %s', (policyPath, path, expected) => {
    expect(matches(policyPath, path)).toBe(expected);
  });

  it.each([
    ['/', '/', true],
    ['/', '/a', false],
    ['/health', '/health', true],
    ['/health', '/health/', true],
    ['/health', '/health/x', false],
    ['/files/:id', '/files/1', true],
    ['/files/:id', '/files/1/x', false],
    ['/files{/:id}', '/files', true],
  ])('%s exactly covers %s: %s', (policyPath, path, expected) => {
    expect(matches(policyPath, path, true)).toBe(expected);
  });

  it.each<[path: string, request: string, exact: boolean, matchedBy: Reading[]]>([
    ['/a', '/a', true, [...readings]],
    ['/a', '/A', true, ['any case', 'any case and slash']],
    ['/a', '/a/', true, ['any slash', 'any case and slash']],
    ['/a', '/A/', true, ['any case and slash']],
    ['/a/', '/a', true, ['any slash', 'any case and slash']],
    ['/a/', '/a/', true, [...readings]],
    ['/a{/}', '/a/', true, [...readings]],
    ['/:x/', '/a', true, ['any slash', 'any case and slash']],
    ['/', '/', true, [...readings]],
    ['/a', '/a/', false, [...readings]],
    ['/a', '/A/b', false, ['any case', 'any case and slash']],
    ['/a/', '/a/b', false, ['any slash', 'any case and slash']],
    ['/', '/A/', false, [...readings]],
  ])('reads %s, asked for %s (exact: %s), as %j do', (policyPath, path, exact, matchedBy) => {
    expect(readings.filter(it => matches(policyPath, path, exact, it))).toEqual(matchedBy);
  });

  it.each([
    ['', 'it does not begin with "/"'],
    ['health', 'it does not begin with "/"'],
    ['{/a}', 'it does not begin with "/"'],
    ['https://x/a', 'it does not begin with "/"'],
    ['/a/*', 'Missing parameter name'],
    ['/:', 'Missing parameter name'],
    ['/x?', 'Unexpected ?'],
    ['/:x?', 'Unexpected ?'],
    ['/(.*)', 'Unexpected ('],
    ['/(a+)+', 'Unexpected ('],
    ['/[ab]', 'Unexpected ['],
    ['/a{/b', 'Unexpected end'],
    ['/:a:b', 'Missing text before "b"'],
    ['/x/*a-:b/*c/y', 'it has more than one wildcard'],
    ['/a' + '{/b}'.repeat(9), 'Too many path combinations'],
  ])('PATH-11: refuses %j', (policyPath, reason) => {
    expect(() => parsePathPattern(policyPath, false)).toThrow(reason);
  });

  it('PATH-11: refuses an exact "*"', () => {
    expect(() => parsePathPattern('*', true)).toThrow('"*" stands for every path');
  });
});

describe('covers', () => {
  it.each([
    ['/', '/a', true],
    ['/a', '/', false],
    ['/a', '/A', true],
    ['/a', '/a/b', true],
    ['/a/b', '/a', false],
    ['/a', '/b', false],
    ['/:x', '/a', true],
    ['/:x', '/:y', true],
    ['/a', '/:x', false],
    ['/:x.json', '/public.json', true],
    ['/:x.json', '/public.txt', false],
    ['/:x.json', '/:y.json', true],
    ['/:x', '/:y.json', true],
    ['/:x.json', '/:y', false],
    ['/a/*r', '/a/b', true],
    ['/a/*r', '/a', false],
    ['/a', '/a/*r', true],
    ['/a/*r', '/a/:x', true],
    ['/a/:x', '/a/*r', true],
    ['/a/:x/b', '/a/*r', false],
    ['/*r/b', '/a/b', false],
    ['/*r/b', '/*s/b', true],
    ['/*r/b', '/*s/c', false],
    ['/a/*r', '/a/', false],
    ['/a/:x', '/a/', false],
    ['/a', '/a/', true],
  ])('%s covers all of %s: %s', (general, special, expected) => {
    expect(covers(only(general), only(special))).toBe(expected);
  });

  it.each([
    ['/a', false, '/a', true, true],
    ['/a', true, '/a', false, false],
    ['/a', true, '/a', true, true],
    ['/a', true, '/a/b', true, false],
    ['/a', false, '/a/b', true, true],
    ['/', false, '/', true, true],
  ])(
    '%s (exact: %s) covers all of %s (exact: %s): %s',
    (general, generalExact, special, specialExact, expected) => {
      expect(covers(only(general, generalExact), only(special, specialExact))).toBe(expected);
    },
  );

  it('is never wrong when it says yes', () => {
    const random = createRandom(1);
    const patternParts = [
      '/',
      '/a',
      '/b',
      '/:x',
      '/:x-a',
      '/a-:x',
      '/*r',
      '/a-*r',
      '{/a}',
      '{/:y}',
    ];
    const pathParts = ['/', '/a', '/b', '/ab', '/b-a', '/a-b', '-a', '/A'];
    const paths = Array.from({ length: 60 }, () =>
      `/${randomText(random, pathParts, 4)}`.replace('//', '/'),
    );
    const readable = paths.filter(path => readRequestPath(path));
    const patterns: PathPattern[] = [];
    while (patterns.length < 300) {
      try {
        patterns.push(
          ...parsePathPattern(
            `/${randomText(random, patternParts, 3)}`.replace('//', '/'),
            random(3) === 0,
          ),
        );
      } catch {
        continue; // Not every combination of the parts is a pattern.
      }
    }
    const insensitive = ['any case', 'any case and slash'] as const;
    const known = patterns.map(pattern => ({
      pattern,
      taken: insensitive.map(reading => readable.map(it => pattern.regexps[reading].test(it))),
    }));
    const wrong: Array<[PathPattern, PathPattern]> = [];
    let said = 0;
    for (const general of known) {
      for (const special of known.filter(({ pattern }) => covers(general.pattern, pattern))) {
        said += 1;
        const isWrong = special.taken.some((paths, index) =>
          paths.some((taken, path) => taken && !general.taken[index]?.[path]),
        );
        if (isWrong) wrong.push([general.pattern, special.pattern]);
      }
    }
    expect(wrong).toEqual([]);
    expect(said).toBeGreaterThan(1000);
  });
});
