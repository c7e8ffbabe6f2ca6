import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuthRequest } from '@stagepass/auth-node';
import {
  limited,
  setUpHttpAuth,
  withCookies,
} from '../../packages/auth-http/src/testing/setUpHttpAuth';
import { projectFiles, root } from '../projectFiles';

const malformed = [
  'Bearer',
  'Bearer ',
  'Bearer a b',
  'Bearer\ttoken',
  'Basic x',
  'Bearer a,Bearer b',
  'bearer:tok',
  'Bearer t\u00e9k',
  'Bearer\u00a0tok',
  '',
];

describe('HTTP-02: a malformed header', () => {
  it.each(malformed)('%j is refused whatever is allowed, none too', async authorization => {
    const { auth, httpAuth } = setUpHttpAuth();
    for (const allow of [['none'], ['none', 'user'], ['user'], ['service'], undefined] as const) {
      for (const allowLimitedAccess of [false, true]) {
        const request: AuthRequest = {
          method: 'GET',
          headers: { authorization, ...withCookies(limited('jane')).headers },
        };
        await expect(
          httpAuth.credentials(request, { allow: allow && [...allow], allowLimitedAccess }),
        ).rejects.toMatchObject({
          code: 'AUTH_REQUEST_AMBIGUOUS',
          message: 'Malformed or ambiguous credentials',
        });
      }
    }
    expect(auth.verified).toEqual([]);
  });
});

describe('HTTP-05: a long header', () => {
  // Steps that grow with the square of the length would take these for longer than any test may run.
  const long = 4_000_000;
  const spaces = ' '.repeat(long);
  const tabs = '\t'.repeat(long);

  it.each([
    ['spaces', spaces],
    ['a scheme and spaces', `Bearer${spaces}`],
    ['a scheme, spaces, and two words', `Bearer${spaces}x y`],
    ['a scheme, a token and spaces', `Bearer x${spaces}y`],
    ['schemes', 'Bearer '.repeat(long / 8)],
    ['commas', `Bearer ${',x'.repeat(long / 2)} x`],
  ])('of %s in Authorization is read in steps that grow with its length', async (_, text) => {
    const { httpAuth } = setUpHttpAuth();
    for (const length of [8_192, 16_281, 16_486, 102_400, text.length]) {
      const headers = { authorization: text.slice(0, length) };
      const asked = httpAuth.credentials({ method: 'GET', headers }, { allow: ['user'] });
      await expect(asked).rejects.toMatchObject({
        code: expect.stringMatching(/^AUTH_(REQUEST_AMBIGUOUS|TOKEN_MALFORMED)$/) as unknown,
      });
    }
  });

  it.each([
    ['spaces', `${spaces}x${spaces}`],
    ['tabs around the name', `${tabs}backstage-auth${tabs}=${tabs}x${spaces}x`],
    ['pairs', 'backstage-auth=a.b.c; '.repeat(long / 22)],
    ['separators', ';='.repeat(long / 2)],
  ])('of %s in Cookie is, too', async (_, cookie) => {
    const { auth, httpAuth } = setUpHttpAuth();
    const asked = httpAuth.credentials(
      { method: 'GET', headers: { cookie } },
      { allow: ['user'], allowLimitedAccess: true },
    );
    await expect(asked).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(auth.verified.length).toBeLessThan(2);
  });

  it.each(['origin', 'sec-fetch-site', 'traceparent', 'x-request-id', 'upgrade'])(
    'of %s is, too',
    async name => {
      const { httpAuth } = setUpHttpAuth();
      const { headers } = withCookies(limited('jane'));
      const request = { method: 'POST', headers: { ...headers, [name]: `a${spaces}-${tabs}b` } };
      const asked = httpAuth.credentials(request, { allowLimitedAccess: true });
      await expect(asked).rejects.toMatchObject({ code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED' });
    },
  );
});

describe('HTTP-09: the parser of Node', () => {
  it('is strict wherever this project starts a server', () => {
    const lenient = /insecure-?http-?parser/i;
    const programs = projectFiles().filter(
      path => /^(packages|examples|scripts|\.ci)\//.test(path) || path.endsWith('package.json'),
    );
    const found = programs.filter(path => lenient.test(readFileSync(join(root, path), 'utf8')));
    expect(programs.length).toBeGreaterThan(100);
    expect(found).toEqual([]);
    expect(`${process.execArgv.join()} ${process.env.NODE_OPTIONS ?? ''}`).not.toMatch(lenient);
  });
});
