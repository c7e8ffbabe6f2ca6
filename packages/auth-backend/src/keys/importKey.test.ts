import { generateKeyPairSync } from 'node:crypto';
import { signatureAlgorithms } from '../tokens/algorithms';
import { createKey, rocaModulus, writeNumber } from '../testing/keyFixtures';
import type { VerificationKey } from '../tokens/verifyJws';
import { importVerificationKey, readPublicJwk, requirePublicJwk } from './importKey';

const ec = createKey('k1').jwk;
const ed = createKey('k1', 'EdDSA').jwk;
const rsa = createKey('k1', 'RS256').jwk;

function bytes(base64url: string | undefined): Buffer {
  return Buffer.from(base64url!, 'base64url');
}

const even = bytes(rsa.n);
even[even.length - 1]! &= 0xfe;

/** The points of small order on Ed25519, and two that are not written as they should be. */
const FIELD = 2n ** 255n - 19n;
const smallPoints = [
  ...[0n, 1n, FIELD - 1n, FIELD, FIELD + 1n].map(y => writeNumber(y, 32)),
  'BfxTbYgCOLE5M8bTBazf1fCY7_KJ9MNFsCeywo-V6CY',
  'egOsknf9x07GzDks-lMgKg9nEA12Czy6T9hNPXBqF8c',
].flatMap(text => {
  const x = bytes(text).reverse();
  const negative = Buffer.from(x);
  negative[31]! |= 0x80;
  return [x.toString('base64url'), negative.toString('base64url')];
});

describe('importVerificationKey', () => {
  it.each(signatureAlgorithms)('imports what an issuer of %s publishes', alg => {
    const key = createKey('k1', alg);
    const imported = importVerificationKey(key.jwk) as VerificationKey;
    expect(imported).toMatchObject({ kid: 'k1', alg });
    expect(imported.publicKey.equals(key.publicKey)).toBe(true);
  });

  it.each([
    ['P-256', 'ES256', ec],
    ['P-384', 'ES384', createKey('k1', 'ES384').jwk],
    ['P-521', 'ES512', createKey('k1', 'ES512').jwk],
    ['Ed25519', 'EdDSA', ed],
  ])('knows that a key on %s without alg is for %s', (_curve, alg, { alg: _alg, ...jwk }) => {
    expect(importVerificationKey(jwk)).toMatchObject({ kid: 'k1', alg });
  });

  it('takes both names of Ed25519, and never another curve by either', () => {
    const ed448 = generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' });
    for (const alg of ['EdDSA', 'Ed25519']) {
      expect(importVerificationKey({ ...ed, alg })).toMatchObject({ kid: 'k1', alg });
      expect(importVerificationKey({ ...ed448, kid: 'k1', alg })).toBe(
        `${alg} needs a key of type ed25519, found ed448`,
      );
    }
  });

  it('takes a key that says of itself that it is for verifying', () => {
    const key = { ...ec, use: 'sig', key_ops: ['verify'], x5t: 'unknown', __proto__: null };
    expect(importVerificationKey(key)).toMatchObject({ kid: 'k1', alg: 'ES256' });
  });

  it.each<[string, string, unknown]>([
    ['null', 'is not an object', null],
    ['a number', 'is not an object', 1],
    ['a text', 'is not an object', 'key'],
    ['a list', 'has no kid', []],
    ['no kid', 'has no kid', { ...ec, kid: undefined }],
    ['an empty kid', 'has no kid', { ...ec, kid: '' }],
    ['a kid that is a number', 'has no kid', { ...ec, kid: 1 }],
    ['no kty', 'has the unusable kty undefined', { ...ec, kty: undefined }],
    [
      'a secret',
      'has the unusable kty "oct"',
      { kty: 'oct', kid: 'k1', k: 'c2VjcmV0', alg: 'HS256' },
    ],
    ['a kty of every object', 'has the unusable kty "constructor"', { ...ec, kty: 'constructor' }],
    ['a kty of every object', 'has the unusable kty "__proto__"', { ...ec, kty: '__proto__' }],
    ['a kty that is a list', 'has the unusable kty ["EC"]', { ...ec, kty: ['EC'] }],
    ['its private half', 'holds a private or secret member', { ...ec, d: 'AA' }],
    ['a private half that is null', 'holds a private or secret member', { ...ec, d: null }],
    ...['p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].map((name): [string, string, unknown] => [
      `the private member ${name} alone`,
      'holds a private or secret member',
      { ...rsa, [name]: 'AA' },
    ]),
    ['the use enc', 'is for "enc", not for signatures', { ...ec, use: 'enc' }],
    ['the use null', 'is for null, not for signatures', { ...ec, use: null }],
    ['other operations', 'is not for verifying', { ...ec, key_ops: ['sign'] }],
    ['no operations', 'is not for verifying', { ...ec, key_ops: [] }],
    ['operations that are no list', 'is not for verifying', { ...ec, key_ops: 'verify' }],
    ['a symmetric alg', 'has the unusable alg "HS256"', { ...ec, alg: 'HS256' }],
    ['the alg none', 'has the unusable alg "none"', { ...ec, alg: 'none' }],
    ['an alg of every object', 'has the unusable alg "toString"', { ...ec, alg: 'toString' }],
    ['an alg that is a list', 'has the unusable alg ["ES256"]', { ...ec, alg: ['ES256'] }],
    [
      'no alg, and a key type with several',
      'has the unusable alg undefined',
      { ...rsa, alg: undefined },
    ],
    [
      'no alg, and no known curve',
      'has the unusable alg undefined',
      { ...ec, alg: undefined, crv: { toString: 1, valueOf: 1 } },
    ],
    ['no x', 'has no x', { ...ec, x: undefined }],
    ['a y that is a number', 'has no y', { ...ec, y: 1 }],
    ['no exponent', 'has no e', { ...rsa, e: undefined }],
    ['a point beside the curve', 'is not a valid public key', { ...ec, x: ec.y, y: ec.x }],
    [
      'the point at infinity',
      'is not a valid public key',
      { ...ec, x: 'A'.repeat(43), y: 'A'.repeat(43) },
    ],
    ['an empty x', 'is not a valid public key', { ...ec, x: '' }],
    ['another curve than its size', 'is not a valid public key', { ...ec, crv: 'P-384' }],
    ['a curve of another world', 'is not a valid public key', { ...ec, crv: 'secp256k1' }],
    [
      'an x with a zero in front',
      'is not written as RFC 7518 says',
      { ...ec, x: Buffer.concat([Buffer.alloc(1), bytes(ec.x)]).toString('base64url') },
    ],
    ['an x with padding', 'is not written as RFC 7518 says', { ...ec, x: `${ec.x}=` }],
    ['a y with stray characters', 'is not written as RFC 7518 says', { ...ec, y: `!${ec.y}` }],
    [
      'the alg of another curve',
      'ES384 needs the curve secp384r1, found prime256v1',
      { ...ec, alg: 'ES384' },
    ],
    [
      'the alg of another key type',
      'RS256 needs a key of type rsa, found ec',
      { ...ec, alg: 'RS256' },
    ],
    [
      'the alg of another key type',
      'ES256 needs a key of type ec, found rsa',
      { ...rsa, alg: 'ES256' },
    ],
    [
      '1024 bits',
      'RS256 needs an RSA key of at least 2048 bits, found 1024',
      {
        ...generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }),
        kid: 'k1',
        alg: 'RS256',
      },
    ],
    [
      'the exponent 1',
      'RS256 needs an odd public exponent of at least 65537, found 1',
      { ...rsa, e: 'AQ' },
    ],
    [
      'the exponent 3',
      'RS256 needs an odd public exponent of at least 65537, found 3',
      { ...rsa, e: 'Aw' },
    ],
    [
      'an even exponent',
      'RS256 needs an odd public exponent of at least 65537, found 65538',
      { ...rsa, e: 'AQAC' },
    ],
    [
      'an even modulus',
      'RS256 needs a product of two primes, found an even modulus',
      { ...rsa, n: even.toString('base64url') },
    ],
    [
      'a modulus that can be factored',
      'RS256 needs a key that cannot be factored, found one with the weakness ROCA',
      { ...rsa, n: rocaModulus() },
    ],
    ...smallPoints.map((x): [string, string, unknown] => [
      `the small point ${x}`,
      'EdDSA needs a point of full order, found one under which anybody can sign',
      { ...ed, x },
    ]),
  ])('refuses a key with %s: it %s', (_, problem, jwk) => {
    expect(importVerificationKey(jwk)).toBe(problem);
  });
});

describe('readPublicJwk', () => {
  it.each([ec, ed, rsa])('keeps the public members of a $kty key, and no other', jwk => {
    const read = readPublicJwk({ ...jwk, use: 'sig', x5c: ['MII'], iat: 1, key_ops: ['verify'] });
    expect(read).toEqual(jwk);
    expect(Object.keys(read)).toHaveLength(Object.keys(jwk).length);
  });
});

describe('requirePublicJwk', () => {
  it('returns the public members of a key', () => {
    expect(requirePublicJwk({ ...ec, use: 'sig' })).toEqual(ec);
  });

  it('refuses to store a private key, and does not show it', () => {
    const d = 'c2VjcmV0LXNjYWxhcg';
    expect(() => requirePublicJwk({ ...ec, d })).toThrow(
      new Error('The key cannot be stored: it holds a private or secret member'),
    );
  });
});

describe('a key of a third party', () => {
  const { alg: _alg, ...bare } = rsa;
  const { kid: _kid, ...nameless } = bare;

  it('that names no alg is bound to the first algorithm of the entry that fits it', () => {
    expect(importVerificationKey(bare, { algorithms: ['ES256', 'PS384', 'RS256'] })).toMatchObject({
      kid: 'k1',
      alg: 'PS384',
    });
    expect(importVerificationKey(bare, { algorithms: ['ES256'] })).toBe(
      'has the unusable alg undefined',
    );
    expect(importVerificationKey(rsa, { algorithms: ['RS512'] })).toMatchObject({ alg: 'RS256' });
  });

  it('may have no kid, but not one that is no name', () => {
    const { kid: _ecKid, ...namelessEc } = ec;
    const algorithms = ['RS256'] as const;
    expect(importVerificationKey(nameless, { algorithms })).toMatchObject({
      kid: '',
      alg: 'RS256',
    });
    expect(importVerificationKey(namelessEc, { algorithms })).toMatchObject({ alg: 'ES256' });
    for (const kid of ['', null, 1]) {
      expect(importVerificationKey({ ...bare, kid }, { algorithms })).toBe('has no kid');
    }
  });

  it('of which nothing is left out is needed among plugins', () => {
    expect(importVerificationKey(bare)).toBe('has the unusable alg undefined');
    expect(importVerificationKey(nameless)).toBe('has no kid');
  });
});
