import { isDemo, isLoopback } from './demoPage';

it.each([
  ['the configuration of the example', true, {}, true],
  ['another configuration', false, {}, false],
  ['a backend that other machines reach', true, { host: '0.0.0.0' }, false],
  ['a base URL, as behind a proxy', true, { baseUrl: 'http://localhost:7007' }, false],
])('with %s the page is there, or is not', (_, isOwnConfig, changes, expected) => {
  const config = { host: '127.0.0.1', port: 7007, users: [], file: {}, ...changes };
  expect(isDemo(isOwnConfig, config)).toBe(expected);
});

it.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]', '::ffff:127.0.0.1'])(
  'takes %s for this machine',
  host => {
    expect(isLoopback(host)).toBe(true);
  },
);

it.each([
  '',
  '0.0.0.0',
  '10.0.0.1',
  '127.example.com',
  '127.0.0.1.example.com',
  'localhost.example.com',
  '::ffff:10.0.0.1',
  '::',
])('does not take %j for this machine', host => {
  expect(isLoopback(host)).toBe(false);
});
