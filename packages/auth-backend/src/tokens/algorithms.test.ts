import { createPublicKey } from 'node:crypto';
import { createKey } from '../testing/keyFixtures';
import {
  isSameAlgorithm,
  isSignatureAlgorithm,
  type SignatureAlgorithm,
  signatureAlgorithms,
  whyKeyDoesNotFit,
} from './algorithms';

const keyTypes: Record<SignatureAlgorithm, string> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
  RS256: 'rsa',
  RS384: 'rsa',
  RS512: 'rsa',
  PS256: 'rsa',
  PS384: 'rsa',
  PS512: 'rsa',
  EdDSA: 'ed25519',
  Ed25519: 'ed25519',
};

describe('isSignatureAlgorithm', () => {
  it('knows eleven names, exactly', () => {
    expect(signatureAlgorithms).toEqual(Object.keys(keyTypes));
    for (const name of signatureAlgorithms) expect(isSignatureAlgorithm(name)).toBe(true);
  });

  it.each([
    ['none', 'HS256', 'es256', 'ES256 ', 'ES256K', 'toString', '__proto__', ''],
    [undefined, null, 256, ['ES256'], { toString: (): string => 'ES256' }],
  ])('knows no other: %j, ...', (...values) => {
    for (const value of values) expect(isSignatureAlgorithm(value)).toBe(false);
  });
});

it('two names are of one algorithm where they are the same, and those of Ed25519', () => {
  for (const one of signatureAlgorithms) {
    const same = signatureAlgorithms.filter(other => isSameAlgorithm(one, other));
    expect(same).toEqual(keyTypes[one] === 'ed25519' ? ['EdDSA', 'Ed25519'] : [one]);
  }
});

describe.each(signatureAlgorithms)('%s', alg => {
  it('takes the keys of its type and curve, public and private, and says why it takes no other', () => {
    for (const other of ['ES256', 'ES384', 'ES512', 'RS256', 'EdDSA'] as const) {
      const { publicKey, privateKey } = createKey('k', other);
      const [expected, found] = [keyTypes[alg], keyTypes[other]];
      const type = (name: string) => (/^(?:rsa|ed25519)$/.test(name) ? name : 'ec');
      const problem =
        type(expected) === type(found)
          ? `${alg} needs the curve ${expected}, found ${found}`
          : `${alg} needs a key of type ${type(expected)}, found ${type(found)}`;
      for (const key of [publicKey, privateKey]) {
        expect(whyKeyDoesNotFit(key, alg)).toBe(expected === found ? undefined : problem);
      }
    }
  });
});

it('says of a weak key for which algorithm it was meant', () => {
  const { jwk } = createKey('k', 'RS256');
  const weak = createPublicKey({ key: { ...jwk, e: 'Aw' }, format: 'jwk' });
  expect(whyKeyDoesNotFit(weak, 'PS256')).toBe(
    'PS256 needs an odd public exponent of at least 65537, found 3',
  );
});
