import { createHash, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import {
  createKey,
  type KeyFixture,
  rocaModulus,
} from '../../packages/auth-backend/src/testing/keyFixtures';
import { segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { openThirdParty } from './openThirdParty';
import { expectRefused } from './refusal';

const ES256 = createEcKey(first => first !== 0);
const ZERO_FIRST = createEcKey(first => first === 0);
const RS256 = createKey('rsa', 'RS256');
const ED = createKey('ed', 'EdDSA');

/** @param isWanted - of the first byte of x, which is 0 in one key of 256 */
function createEcKey(isWanted: (first: number) => boolean): KeyFixture {
  for (;;) {
    const key = createKey('ec', 'ES256');
    if (isWanted(Buffer.from(key.jwk.x ?? '', 'base64url').readUInt8())) return key;
  }
}

describe('a published key that is none', () => {
  const bytes = (text = '') => Buffer.from(text, 'base64url');
  const flipLast = (text = '') => {
    const flipped = bytes(text);
    flipped[flipped.length - 1]! ^= 1;
    return flipped.toString('base64url');
  };
  const withZero = (text = '') =>
    Buffer.concat([Buffer.alloc(1), bytes(text)]).toString('base64url');
  const evenModulus = bytes(RS256.jwk.n);
  evenModulus[evenModulus.length - 1]! &= 0xfe;

  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const three = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
  const jwkOf = ({ publicKey }: typeof small) => publicKey.export({ format: 'jwk' }) as object;
  const rsa = { kid: 'rsa', alg: 'RS256' };

  it.each<[string, object, string]>([
    [
      '1024 bits',
      { ...jwkOf(small), ...rsa },
      'RS256 needs an RSA key of at least 2048 bits, found 1024',
    ],
    [
      'the exponent 1',
      { ...RS256.jwk, e: 'AQ' },
      'RS256 needs an odd public exponent of at least 65537, found 1',
    ],
    [
      'the exponent 3',
      { ...jwkOf(three), ...rsa },
      'RS256 needs an odd public exponent of at least 65537, found 3',
    ],
    [
      'an even modulus',
      { ...RS256.jwk, n: evenModulus.toString('base64url') },
      'RS256 needs a product of two primes, found an even modulus',
    ],
    [
      'the weakness ROCA',
      { ...RS256.jwk, n: rocaModulus() },
      'RS256 needs a key that cannot be factored, found one with the weakness ROCA',
    ],
  ])(
    'ALG-08 an RSA key with %s is not used, and the others of its set are',
    async (_, jwk, problem) => {
      const party = await openThirdParty([jwk]);
      await party.expectIgnored(problem);
      const key = { ...RS256, signing: { ...RS256.signing, privateKey: three.privateKey } };
      for (const signer of [RS256, key]) {
        const token = party.sign({ alg: 'RS256', kid: 'rsa' }, signer);
        await expectRefused(party, token, 'AUTH_KEY_UNKNOWN', { requests: 1 });
      }
    },
  );

  it('ALG-08 nobody signs with the exponent 1, under which the signature is the padded digest', async () => {
    const party = await openThirdParty([{ ...RS256.jwk, e: 'AQ' }]);
    const header = { alg: 'RS256', kid: 'rsa' };
    const input = `${segment(header)}.${segment({ iss: 'https://idp.example', aud: 'backend' })}`;
    // EMSA-PKCS1-v1_5 (RFC 8017 section 9.2) with SHA-256, whose DigestInfo begins like this.
    const info = Buffer.from('3031300d060960864801650304020105000420', 'hex');
    const digest = createHash('sha256').update(input).digest();
    const filler = Buffer.alloc(256 - 3 - info.length - digest.length, 0xff);
    const parts = [Buffer.from([0, 1]), filler, Buffer.from([0]), info, digest];
    const padded = Buffer.concat(parts).toString('base64url');
    await expectRefused(party, `${input}.${padded}`, 'AUTH_KEY_UNKNOWN', { requests: 1 });
  });

  const p384 = createKey('ec', 'ES384').jwk;
  it.each<[string, object, string]>([
    [
      'off the curve',
      { ...ES256.jwk, x: ES256.jwk.y, y: ES256.jwk.x },
      'is not a valid public key',
    ],
    [
      'one bit off the curve',
      { ...ES256.jwk, y: flipLast(ES256.jwk.y) },
      'is not a valid public key',
    ],
    [
      'at infinity',
      { ...ES256.jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) },
      'is not a valid public key',
    ],
    [
      'of another size than its curve',
      { ...p384, crv: 'P-256', alg: 'ES256' },
      'is not a valid public key',
    ],
    [
      'of a smaller size than its curve',
      { ...ES256.jwk, crv: 'P-384' },
      'is not a valid public key',
    ],
    ['of an unknown curve', { ...ES256.jwk, crv: 'P-257' }, 'is not a valid public key'],
    [
      'of a curve that its alg does not have',
      { ...p384, alg: 'ES256' },
      'ES256 needs the curve prime256v1, found secp384r1',
    ],
    ['without x', { ...ES256.jwk, x: undefined }, 'has no x'],
    ['without y', { ...ES256.jwk, y: undefined }, 'has no y'],
    [
      'with an x of 33 bytes',
      { ...ES256.jwk, x: withZero(ES256.jwk.x) },
      'is not written as RFC 7518 says',
    ],
    [
      'with an x of 31 bytes',
      { ...ES256.jwk, x: bytes(ES256.jwk.x).subarray(1).toString('base64url') },
      'is not a valid public key',
    ],
    [
      'whose x lacks the zero in front',
      { ...ZERO_FIRST.jwk, x: bytes(ZERO_FIRST.jwk.x).subarray(1).toString('base64url') },
      'is not written as RFC 7518 says',
    ],
    ['called RSA', { ...ES256.jwk, kty: 'RSA' }, 'has no n'],
  ])('ALG-09 a point %s is refused when it is read', async (_, jwk, problem) => {
    const party = await openThirdParty([jwk]);
    await party.expectIgnored(problem);
    const token = party.sign({ alg: 'ES256', kid: 'ec' }, ES256);
    await expectRefused(party, token, 'AUTH_KEY_UNKNOWN', { requests: 1 });
  });

  it('ALG-09 a key with a private member is not used, and the member told to nobody', async () => {
    const privateJwk = (key: KeyFixture) => key.privateKey.export({ format: 'jwk' });
    const secrets: JsonWebKey[] = [privateJwk(ES256), privateJwk(RS256), privateJwk(ED)];
    const names = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const;
    for (const [index, key] of [ES256, RS256, ED].entries()) {
      const party = await openThirdParty([{ ...secrets[index], ...key.jwk }]);
      await party.expectIgnored('holds a private or secret member');
      const token = party.sign({ alg: key.jwk.alg, kid: key.jwk.kid }, key);
      const { reason } = await expectRefused(party, token, 'AUTH_KEY_UNKNOWN', { requests: 1 });
      const published = JSON.stringify(await party.auth.listPublicServiceKeys());
      const told = `${reason} ${party.installation.traces} ${published}`;
      for (const name of names) {
        const secret = secrets[index]?.[name];
        if (typeof secret === 'string') expect(told.includes(secret)).toBe(false);
      }
    }
  });

  it.each<[string, object, string]>([
    ['an empty secret', { kty: 'oct', k: '', alg: 'HS256' }, 'has the unusable kty "oct"'],
    ['an empty point', { ...ES256.jwk, x: '', y: '' }, 'is not a valid public key'],
    [
      'an empty modulus',
      { ...RS256.jwk, n: '' },
      'RS256 needs an RSA key of at least 2048 bits, found 0',
    ],
    ['an empty point of Ed25519', { ...ED.jwk, x: '' }, 'is not a valid public key'],
  ])('ALG-07 %s is no key of a third party', async (_, jwk, problem) => {
    const party = await openThirdParty([{ ...jwk, kid: 'empty' }]);
    await party.expectIgnored(problem);
    for (const alg of ['ES256', 'RS256', 'EdDSA']) {
      const token = party.sign({ alg, kid: 'empty' }, ES256);
      await expectRefused(party, token, 'AUTH_KEY_UNKNOWN', { requests: 1 });
    }
  });
});
