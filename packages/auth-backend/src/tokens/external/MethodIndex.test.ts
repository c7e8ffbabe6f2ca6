import { parseCompact } from '../parseCompact';
import { segment } from '../../testing/tokenFixtures';
import type { ExternalMethod } from './ExternalMethod';
import type { JwksAccess } from './externalEntries';
import { MethodIndex } from './MethodIndex';

/** A method of which only its place in the configuration, and what is configured, makes a difference. */
function method(entry: ExternalMethod['entry']): ExternalMethod {
  return { entry, verify: () => Promise.resolve(undefined) };
}

const jwks = (path: string, issuers?: string[], algorithms: JwksAccess['algorithms'] = ['ES256']) =>
  method({ type: 'jwks', path, url: 'https://keys.example', issuers, algorithms });
const legacy = (path: string) =>
  method({ type: 'legacy', path, secret: Buffer.alloc(32), subject: path });
const custom = (path: string) => method({ type: 'custom', path, handlerType: 'mesh', options: {} });

const methods = [
  jwks('a', ['https://a', 'https://both']),
  legacy('secret'),
  custom('mesh'),
  jwks('b', ['https://b', 'https://both', 'https://b']),
  jwks('any'),
  jwks('rsa', ['https://a'], ['RS256', 'PS256']),
  legacy('other secret'),
  custom('other mesh'),
];

const tokenOf = (alg: string, payload: string) =>
  parseCompact(`${segment({ alg })}.${payload}.AAAA`);
const paths = (found: readonly ExternalMethod[]) => found.map(({ entry }) => entry.path);

describe('the methods that may accept a token', () => {
  it.each<[string, string, unknown, string[]]>([
    ['of one issuer', 'ES256', 'https://a', ['a', 'mesh', 'any', 'other mesh']],
    ['of another algorithm', 'PS256', 'https://a', ['mesh', 'rsa', 'other mesh']],
    ['of two issuers', 'ES256', 'https://both', ['a', 'mesh', 'b', 'any', 'other mesh']],
    ['of an issuer that is named twice', 'ES256', 'https://b', ['mesh', 'b', 'any', 'other mesh']],
    ['of an unknown issuer', 'ES256', 'https://c', ['mesh', 'any', 'other mesh']],
    ['of no issuer', 'ES256', undefined, ['mesh', 'any', 'other mesh']],
    ['of no text for one', 'ES256', ['https://a'], ['mesh', 'any', 'other mesh']],
    ['with an unknown algorithm', 'constructor', 'https://a', ['mesh', 'other mesh']],
    ['with a secret', 'HS256', 'https://a', ['secret', 'mesh', 'other secret', 'other mesh']],
  ])('%s are those, in the order of the configuration', (_, alg, iss, expected) => {
    const jws = tokenOf(alg, segment({ iss }));
    expect(paths(new MethodIndex(methods).candidates(jws))).toEqual(expected);
  });

  it('with claims that cannot be read, or no JWS at all, are those that might say so', () => {
    const index = new MethodIndex(methods);
    expect(paths(index.candidates(tokenOf('ES256', 'AAAA')))).toEqual([
      'mesh',
      'any',
      'other mesh',
    ]);
    expect(paths(index.candidates(undefined))).toEqual(['mesh', 'other mesh']);
  });
});

describe('the method whose refusal tells most, where no third party is a candidate', () => {
  it.each([
    ['ES256', 'a'],
    ['RS256', 'rsa'],
    ['ES512', 'a'],
    ['none', 'a'],
  ])('with %s is %s', (alg, path) => {
    const found = new MethodIndex(methods).mostTelling(tokenOf(alg, segment({ iss: 'x' })));
    expect(found?.entry.path).toBe(path);
  });

  it('is none where there is no JWS, or no third party', () => {
    expect(new MethodIndex(methods).mostTelling(undefined)).toBeUndefined();
    const others = new MethodIndex([legacy('secret'), custom('mesh')]);
    expect(others.mostTelling(tokenOf('ES256', segment({})))).toBeUndefined();
  });
});
