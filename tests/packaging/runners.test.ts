import { backstagePeer, importable, Tarballs } from './tarballs';
import { TemporaryProject } from './TemporaryProject';

const MINUTES = 60_000;

/** Vitest 4 is the newest that runs on Node 20. */
const runners = ['jest@30.5.2', 'vitest@4.1.12'];

/** The same test in both module systems: each import exports something, and the mocks do their work. */
const body = (load: string) => `
test('loads every package and subpath', async () => {
  for (const name of ${JSON.stringify(importable)}) {
    if (Object.keys(${load}(name)).length === 0) throw new Error(name + ' is empty');
  }
  const { mockCredentials, mockServices } = ${load}('@stagepass/auth-test-utils');
  const credentials = await mockServices.auth().authenticate(mockCredentials.user.token());
  if (credentials.principal.userEntityRef !== 'user:default/mock') throw new Error('wrong user');
});
`;
const fromImport = body('await import');
const fromRequire = body('require');

/** What `expect` makes of spies and matchers; `runner` is the object of Jest or of Vitest. */
const spiesAndMatchers = (runner: string) => `
const JANE = 'user:default/jane';
const { user, service } = mockCredentials;
const call = { onBehalfOf: user(JANE), targetPluginId: 'catalog' };
expect.extend(authMatchers);

test('spies', async () => {
  const auth = mockServices.auth.spy({ pluginId: 'todo' });
  expect(auth.getPluginRequestToken).not.toHaveBeenCalled();
  const { token } = await auth.getPluginRequestToken(call);
  await auth.getPluginRequestToken({ ...call, targetPluginId: 'search' });
  expect(auth.getPluginRequestToken).toHaveBeenCalledTimes(2);
  expect(auth.getPluginRequestToken).toHaveBeenCalledWith(call);
  expect(auth.getPluginRequestToken).toHaveBeenNthCalledWith(1, call);
  expect(auth.getPluginRequestToken).toHaveBeenLastCalledWith(expect.objectContaining({ targetPluginId: 'search' }));
  expect(auth.getPluginRequestToken).not.toHaveBeenCalledWith({ ...call, onBehalfOf: user() });
  expect(auth.getPluginRequestToken.mock.calls).toEqual([[call], [{ ...call, targetPluginId: 'search' }]]);
  expect(auth.getPluginRequestToken.mock.calls[0]).toStrictEqual([call]);
  expect(() => expect(auth.authenticate).toHaveBeenCalled()).toThrow(/auth[.]authenticate/);
  auth.getPluginRequestToken.mockResolvedValueOnce({ token: 'once' });
  expect(await auth.getPluginRequestToken(call)).toEqual({ token: 'once' });
  auth.getPluginRequestToken.mockReset();
  expect(auth.getPluginRequestToken).not.toHaveBeenCalled();
  expect(await auth.getPluginRequestToken(call)).toEqual({ token });
});

test('the spies of the runner', async () => {
  const getBaseUrl = ${runner}.fn(async () => 'http://test');
  const discovery = mockServices.discovery.mock({ getBaseUrl });
  expect(await discovery.getBaseUrl('catalog')).toBe('http://test');
  expect(discovery.getBaseUrl).toHaveBeenCalledWith('catalog');
  ${runner}.resetAllMocks();
  expect(discovery.getBaseUrl).not.toHaveBeenCalled();
  const auth = mockServices.auth();
  const spy = ${runner}.spyOn(auth, 'authenticate');
  expect(await auth.authenticate(user.token(JANE))).toBeUserPrincipal(JANE);
  expect(spy).toHaveBeenCalledTimes(1);
  ${runner}.restoreAllMocks();
  expect(auth.authenticate).not.toBe(spy);
});

test('matchers', async () => {
  const auth = mockServices.auth();
  const { token } = await auth.getPluginRequestToken(call);
  expect(user(JANE)).toBeUserPrincipal(JANE);
  expect(user(JANE)).not.toBeUserPrincipal('user:default/joe');
  expect(user(JANE, { actor: { subject: 'plugin:y' } })).toHaveActor('plugin:y');
  expect(service('plugin:a')).toBeServicePrincipal('plugin:a');
  expect(mockCredentials.none()).toBeNonePrincipal();
  expect(token).toBeTokenFor({ to: 'catalog', onBehalfOf: JANE });
  expect(token).not.toBeTokenFor({ to: 'search', onBehalfOf: JANE });
  await expect(auth.authenticate('')).toBeRefusedWith('AUTH_TOKEN_MALFORMED');
  await expect(auth.authenticate('')).not.toBeRefusedWith('AUTH_KEY_UNKNOWN');
  expect(() => expect(token).toBeTokenFor({ to: 'catalog' })).toThrow(
    'Expected a token to catalog, on behalf of nobody but the plugin, found a token to catalog, on behalf of ' + JANE,
  );
  await expect(
    (async () => expect(auth.authenticate('')).toBeRefusedWith('AUTH_KEY_UNKNOWN'))(),
  ).rejects.toThrow('Expected a refusal with AUTH_KEY_UNKNOWN, found AuthenticationError with code AUTH_TOKEN_MALFORMED');
  const authority = await createTestAuthority();
  const signed = authority.pluginToken({ from: 'todo', to: 'catalog', onBehalfOf: JANE });
  await expect({ headers: { Authorization: 'Bearer ' + signed } }).toBeTokenFor({ authority, from: 'todo', to: 'catalog', onBehalfOf: JANE });
});
`;

/** The same for `node:test`, which has `mock.fn` and no `expect`. */
const nodeSpies = `
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { mockCredentials, mockServices } from '@stagepass/auth-test-utils';

test('ours', async () => {
  const auth = mockServices.auth.spy({ pluginId: 'todo' });
  const call = { onBehalfOf: mockCredentials.user(), targetPluginId: 'catalog' };
  const answer = auth.getPluginRequestToken(call);
  assert.equal(auth.getPluginRequestToken.mock.callCount(), 1);
  assert.deepEqual(auth.getPluginRequestToken.mock.calls, [[call]]);
  const [first] = auth.getPluginRequestToken.mock.calls;
  assert.deepEqual(first.arguments, [call]);
  assert.equal(first.error, undefined);
  assert.equal(await first.result, await answer);
  auth.getPluginRequestToken.mock.resetCalls();
  assert.equal(auth.getPluginRequestToken.mock.callCount(), 0);
});

test('its own', async () => {
  const getBaseUrl = mock.fn(async () => 'http://test');
  const discovery = mockServices.discovery.mock({ getBaseUrl });
  assert.equal(await discovery.getBaseUrl('catalog'), 'http://test');
  assert.deepEqual(getBaseUrl.mock.calls[0].arguments, ['catalog']);
  const auth = mockServices.auth();
  mock.method(auth, 'authenticate');
  await auth.authenticate('mock-user-token');
  assert.equal(auth.authenticate.mock.callCount(), 1);
  mock.reset();
  assert.equal(auth.authenticate.mock, undefined);
});
`;

describe('an unconfigured test suite', () => {
  let tarballs: Tarballs;
  let project: TemporaryProject;

  beforeAll(() => {
    tarballs = Tarballs.pack();
    project = new TemporaryProject();
    project.install(
      ...tarballs.paths,
      'express@5',
      'fastify@5',
      'knex@3',
      backstagePeer,
      ...runners,
    );
  }, 10 * MINUTES);
  afterAll(() => {
    project?.remove();
    tarballs?.remove();
  });

  /** Writes a test into a project of its own, so that a runner sees its own files alone. */
  function given(folder: string, file: string, content: string): void {
    project.write(`${folder}/package.json`, '{ "name": "suite", "private": true }');
    project.write(`${folder}/${file}`, content);
  }

  it('of Jest 30 loads everything by require', () => {
    given('jest-require', 'stagepass.test.js', fromRequire);
    const output = project.runIn('jest-require', 'node', '../node_modules/jest/bin/jest.js');
    expect(output).toMatch(/Tests: +1 passed, 1 total/);
  });

  it('of Jest 30 loads everything by import', () => {
    given('jest-import', 'stagepass.test.mjs', fromImport);
    const output = project.runIn(
      'jest-import',
      'node',
      '--experimental-vm-modules',
      '../node_modules/jest/bin/jest.js',
    );
    expect(output).toMatch(/Tests: +1 passed, 1 total/);
  });

  it.each([
    ['import', fromImport],
    [
      'require',
      `import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      ${fromRequire}`,
    ],
  ])('of Vitest loads everything by %s', (kind, content) => {
    const withTest = `import { test } from 'vitest';\n${content}`;
    given(`vitest-${kind}`, 'stagepass.test.mjs', withTest);
    const output = project.runIn(
      `vitest-${kind}`,
      'node',
      '../node_modules/vitest/vitest.mjs',
      ...['run', '--no-color'],
    );
    expect(output).toMatch(/Tests +1 passed \(1\)/);
  });

  it('of Jest 30 takes the spies and matchers for its own', () => {
    given(
      'jest-spies',
      'spies.test.js',
      `const { createTestAuthority, mockCredentials, mockServices } = require('@stagepass/auth-test-utils');
      const { authMatchers } = require('@stagepass/auth-test-utils/matchers');
      ${spiesAndMatchers('jest')}`,
    );
    const output = project.runIn('jest-spies', 'node', '../node_modules/jest/bin/jest.js');
    expect(output).toMatch(/Tests: +3 passed, 3 total/);
  });

  it('of Vitest takes the spies and matchers for its own', () => {
    given(
      'vitest-spies',
      'spies.test.mjs',
      `import { createTestAuthority, mockCredentials, mockServices } from '@stagepass/auth-test-utils';
      import { authMatchers } from '@stagepass/auth-test-utils/matchers';
      import { expect, test, vi } from 'vitest';
      ${spiesAndMatchers('vi')}`,
    );
    const output = project.runIn(
      'vitest-spies',
      'node',
      '../node_modules/vitest/vitest.mjs',
      ...['run', '--no-color'],
    );
    expect(output).toMatch(/Tests +3 passed \(3\)/);
  });

  it('of node:test has its own spies stay what they are, and ours read as its own', () => {
    given('node-spies', 'spies.test.mjs', nodeSpies);
    const output = project.runIn('node-spies', 'node', '--test', '--test-reporter', 'tap');
    expect(output).toMatch(/# pass 2\n# fail 0/);
  });

  it.each([
    ['import', 'stagepass.test.mjs', `import { test } from 'node:test';\n${fromImport}`],
    ['require', 'stagepass.test.cjs', `const { test } = require('node:test');\n${fromRequire}`],
  ])('of node:test loads everything by %s', (kind, file, content) => {
    given(`node-${kind}`, file, content);
    const output = project.runIn(`node-${kind}`, 'node', '--test', '--test-reporter', 'tap');
    expect(output).toMatch(/# pass 1\n# fail 0/);
  });
});
