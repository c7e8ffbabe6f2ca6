import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { createKey, rocaModulus, writeNumber } from '../testing/keyFixtures';
import { whyKeyIsWeak } from './weakKeys';

const { jwk: rsa, privateKey: rsaPrivate, publicKey: rsaPublic } = createKey('rsa', 'RS256');
const { jwk: ed, privateKey: edPrivate, publicKey: edPublic } = createKey('ed', 'EdDSA');
const { privateKey: ecPrivate, publicKey: ecPublic } = createKey('ec');
const ed448 = generateKeyPairSync('ed448');

function importKey(key: JsonWebKey): KeyObject {
  return createPublicKey({ key, format: 'jwk' });
}

const withModulus = (n: string, e = 'AQAB') => importKey({ kty: 'RSA', n, e });
const withExponent = (e: bigint, length: number) =>
  importKey({ ...rsa, e: writeNumber(e, length) });

/** An odd modulus of so many bits, of which nothing else is known. */
const ofBits = (bits: number) =>
  withModulus(writeNumber(2n ** BigInt(bits - 1) + 3n, Math.ceil(bits / 8)));

/** The point of Ed25519 with this y, and one of the two x. */
function point(y: bigint, sign: 0 | 1 = 0): KeyObject {
  const bytes = Buffer.from(writeNumber(y, 32), 'base64url').reverse();
  bytes[31]! |= sign << 7;
  return importKey({ ...ed, x: bytes.toString('base64url') });
}

const FIELD = 2n ** 255n - 19n;
const OF_ORDER_EIGHT = 0x5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const smallOrders = [0n, 1n, FIELD - 1n, OF_ORDER_EIGHT, FIELD - OF_ORDER_EIGHT];
const SMALL = 'needs a point of full order, found one under which anybody can sign';

describe('whyKeyIsWeak', () => {
  it.each<[string, KeyObject]>([
    ['an RSA key', rsaPublic],
    ['a private RSA key', rsaPrivate],
    ['an RSA key of 2048 bits exactly', ofBits(2048)],
    ['an RSA key with a longer exponent', withExponent(65_539n, 3)],
    ['a point of Ed25519', edPublic],
    ['a private key of Ed25519', edPrivate],
    [
      'the base point of Ed25519',
      point(
        (4n * 46316835694926478169428394003475163141307993866256225615783033603165251855960n) %
          FIELD,
      ),
    ],
    ['a key on P-256', ecPublic],
    ['a private key on P-256', ecPrivate],
    ['a key of Ed448', ed448.publicKey],
    ['a private key of Ed448', ed448.privateKey],
  ])('knows nothing against %s', (_, key) => {
    expect(whyKeyIsWeak(key)).toBeUndefined();
  });

  it.each<[string, string, KeyObject]>([
    ['an empty modulus', 'needs an RSA key of at least 2048 bits, found 0', withModulus('')],
    ['2047 bits', 'needs an RSA key of at least 2048 bits, found 2047', ofBits(2047)],
    [
      'the exponent 1',
      'needs an odd public exponent of at least 65537, found 1',
      withExponent(1n, 1),
    ],
    [
      'the exponent 65535',
      'needs an odd public exponent of at least 65537, found 65535',
      withExponent(65_535n, 2),
    ],
    [
      'an even exponent',
      'needs an odd public exponent of at least 65537, found 65538',
      withExponent(65_538n, 3),
    ],
    [
      'an even modulus',
      'needs a product of two primes, found an even modulus',
      withModulus(writeNumber(2n ** 2047n + 2n, 256)),
    ],
    [
      'the weakness ROCA',
      'needs a key that cannot be factored, found one with the weakness ROCA',
      withModulus(rocaModulus()),
    ],
  ])('refuses an RSA key with %s: it %s', (_, problem, key) => {
    expect(whyKeyIsWeak(key)).toBe(problem);
  });

  it('takes a modulus for weak only where every residue is a power of 65537', () => {
    const modulus = BigInt(`0x${Buffer.from(rocaModulus(), 'base64url').toString('hex')}`);
    // All powers of 65537 modulo 11 are 1 or 10, and a multiple of the other primes leaves theirs as they are.
    const others = [
      3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
      103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ];
    const step = others.reduce((all, prime) => all * BigInt(prime), 2n);
    const verdicts = Array.from({ length: 11 }, (_, index) => modulus + BigInt(index) * step).map(
      n => [Number(n % 11n), whyKeyIsWeak(withModulus(writeNumber(n, 256))) !== undefined],
    );
    expect(Object.fromEntries(verdicts)).toEqual({
      ...Object.fromEntries(Array.from({ length: 11 }, (_, residue) => [residue, false])),
      1: true,
      10: true,
    });
  });

  it.each(smallOrders.flatMap(y => [[y, 0] as const, [y, 1] as const]))(
    'refuses the point of small order with y = %s and the sign %i',
    (y, sign) => {
      expect(whyKeyIsWeak(point(y, sign))).toBe(SMALL);
    },
  );

  it('refuses points that are not written as they should be, of which OpenSSL takes every one', () => {
    for (const y of [FIELD, FIELD + 1n, FIELD + 4n, 2n ** 255n - 1n]) {
      expect(whyKeyIsWeak(point(y))).toBe(SMALL);
    }
  });
});
