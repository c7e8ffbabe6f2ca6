import { readRequestPath } from './requestPath';

describe('readRequestPath', () => {
  it.each([
    ['/', ['/']],
    ['/a', ['/a']],
    ['/a/', ['/a/']],
    ['/a/b.c', ['/a/b.c']],
    ['/.well-known/jwks.json', ['/.well-known/jwks.json']],
    ['/...', ['/...']],
    ['/a;x=1', ['/a;x=1', '/a']],
    ['/a;x/b', ['/a;x/b', '/a']],
    ['/a%3bx', ['/a%3bx', '/a;x', '/a']],
    ['/%61%3fb', ['/%61%3fb', '/a%3fb', '/a?b']],
    ['/a%20b', ['/a%20b', '/a b']],
    ['/%70ublic', ['/%70ublic', '/public']],
    ['/100%25', ['/100%25', '/100%']],
    ['/k%C3%A4se', ['/k%C3%A4se', '/käse']],
    ['/%3fx', ['/%3fx', '/?x']],
  ])('reads %s as %j', (path, forms) => {
    expect(readRequestPath(path)).toEqual(forms);
  });

  it.each([
    '',
    '*',
    'a',
    '//',
    '///',
    '//a',
    '/a//b',
    '/a//',
    '/.',
    '/..',
    '/a/..',
    '/a/../b',
    '/a/./b',
    '/a/%2e%2e/b',
    '/a/%2E%2E',
    '/a/.%2e/b',
    '/a/%2e',
    '/a%2fb',
    '/a%2Fb',
    '/a%5cb',
    '/a%5Cb',
    '/a\\b',
    '/a/..%2fb',
    '/a/..%5cb',
    '/a/%252e%252e/b',
    '/a%252fb',
    '/a%252520b',
    '/a/%252%65/b',
    '/%',
    '/%zz',
    '/%c0%ae%c0%ae/b',
    '/%ff',
    '/a%00b',
    '/a%0ab',
    '/a%7f',
    '/a\u0000b',
    '/a#b',
    '/a#',
  ])('finds more than one reading in %j', path => {
    expect(readRequestPath(path)).toBeUndefined();
  });
});
