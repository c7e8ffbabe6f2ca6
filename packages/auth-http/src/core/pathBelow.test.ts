import { pathBelow } from './pathBelow';

describe('pathBelow', () => {
  it.each([
    ['/', '', '/'],
    ['/a/b?c=/d', '', '/a/b'],
    ['/api/test', '/api/test', '/'],
    ['/api/test?x', '/api/test', '/'],
    ['/api/test/', '/api/test', '/'],
    ['/api/test/a/../b', '/api/test', '/a/../b'],
    ['/api/test//a', '/api/test', '//a'],
    ['/api/test/a%2fb#c', '/api/test', '/a%2fb#c'],
    ['http://localhost:7007/api/test/a?b', '/api/test', '/a'],
    ['HTTPS://[::1]/api/test/a', '/api/test', '/a'],
    ['http://localhost', '', '/'],
    ['/a/http://host/b', '', '/a/http://host/b'],
    ['/a?b', '', '/a'],
  ])('%s is below %j as %s', (target, basePath, path) => {
    expect(pathBelow(target, basePath)).toBe(path);
  });

  it.each([
    ['', ''],
    ['*', ''],
    ['?', ''],
    ['a/b', ''],
    ['localhost:443', ''],
    ['http:/a', ''],
    ['http:///a', ''],
    ['http://user@host/a', ''],
    ['http://host\\x/a', ''],
    ['http://host#/a', ''],
    ['http://host?/a', ''],
    ['ftp://host/a', ''],
    ['http://localhost', '/api/test'],
    ['/', '/api/test'],
    ['/api/testing', '/api/test'],
    ['/api/test;x/a', '/api/test'],
    ['/API/test/a', '/api/test'],
    ['//api/test/a', '/api/test'],
    ['/x/../api/test/a', '/api/test'],
    ['/%61pi/test/a', '/api/test'],
  ])('%s is not below %j', (target, basePath) => {
    expect(pathBelow(target, basePath)).toBe('');
  });
});
