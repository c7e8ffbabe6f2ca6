import type { AuthPolicy } from '@stagepass/auth-node';
import { createCredentialsBarrier } from '@stagepass/auth-http';
import { setUpHttpAuth } from '../../packages/auth-http/src/testing/setUpHttpAuth';

/** Says whether a request of nobody for a path may pass. */
function barrierWith(...policies: AuthPolicy[]) {
  const barrier = createCredentialsBarrier(setUpHttpAuth());
  for (const policy of policies) barrier.addAuthPolicy(policy);
  return (path: string, method = 'GET') =>
    barrier.admit({ method, headers: {} }, path).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({
          code: 'AUTH_CREDENTIALS_MISSING',
          message: 'Missing credentials',
        });
        return false;
      },
    );
}

const open = (path: string): AuthPolicy => ({ path, allow: 'unauthenticated' });

describe('PATH-11: a policy', () => {
  it.each([
    ['/', '/any/thing', true],
    ['*', '/any/thing', true],
    ['/:a-:b', '/x-y', true],
    ['/:a-:b', '/xy', false],
    [`/${'a'.repeat(10_000)}`, `/${'a'.repeat(10_000)}`, true],
    [`/${'a'.repeat(10_000)}`, `/${'a'.repeat(9_999)}`, false],
    [`/${'a/'.repeat(5_000)}b`, `/${'a/'.repeat(5_000)}b`, true],
  ])('in the known grammar is taken: %.20s for %.20s', async (path, asked, expected) => {
    await expect(barrierWith(open(path))(asked)).resolves.toBe(expected);
  });

  it.each([
    '',
    'health',
    '/a/*',
    '/(a+)+',
    '/x/*a-:b/*c/y',
    `/${'(a'.repeat(5_000)}`,
    `/${'{/b}'.repeat(2_500)}`,
    `/${':'.repeat(10_000)}`,
    `/${'*a'.repeat(5_000)}`,
  ])('in any other is refused at registration: %.20s', path => {
    expect(() => barrierWith(open(path))).toThrow(
      expect.objectContaining({
        code: 'AUTH_CONFIG_INVALID',
        message: expect.stringMatching(/^Invalid auth policy for path ".{0,200}/) as unknown,
      }),
    );
  });

  // Steps that grow with the square of the length would take these for longer than any test may run.
  const long = 200_000;
  it.each([
    ['dashes', `/${'-'.repeat(long)}`],
    ['words and dashes', `/${'a-'.repeat(long / 2)}`],
    ['segments', `/x${'/y'.repeat(long / 2)}/`],
    ['the end of a policy, over and over', `${'/raw'.repeat(long / 4)}x`],
    ['parameters of segments', `/${';'.repeat(long)}`],
    ['encoded characters', `/${'%41'.repeat(long / 3)}`],
    ['spaces', `/${'%20'.repeat(long / 3)}-`],
  ])('takes steps that grow with the length of the path alone: %s', async (_, path) => {
    const policies = ['/:a-:b', '/:a-:b-:c-:d-x', '/x/*rest/y', '/*rest/raw', '/*a-b', '/:a.json'];
    for (const policy of policies) await barrierWith(open(policy))(path);
  });
});

describe('PATH-06, PATH-07: a policy', () => {
  it.each([
    ['/health', true],
    ['/health/', true],
    ['/health/delete-all', true],
    ['/healthadmin', false],
    ['/health;x', false],
    ['/health.json', false],
  ])('opens its path and what is below, by whole segments: %s %s', async (path, expected) => {
    await expect(barrierWith(open('/health'))(path)).resolves.toBe(expected);
  });

  it.each([
    ['GET', '/health', true],
    ['HEAD', '/health', true],
    ['GET', '/health/delete-all', false],
    ['POST', '/health', false],
    ['DELETE', '/health', false],
    ['OPTIONS', '/health', false],
    ['PROPFIND', '/health', false],
    ['get', '/health', false],
  ])('that is exact, for GET, opens %s %s: %s', async (method, path, expected) => {
    const admit = barrierWith({ ...open('/health'), exact: true, methods: ['GET'] });
    await expect(admit(path, method)).resolves.toBe(expected);
  });

  it.each(['HEAD', 'OPTIONS', 'POST', 'DELETE', 'PROPFIND'])(
    'without methods opens %s too',
    async method => {
      await expect(barrierWith(open('/health'))('/health', method)).resolves.toBe(true);
    },
  );
});
