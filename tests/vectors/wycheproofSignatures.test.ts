import { createPublicKey } from 'node:crypto';
import { isSignedWith } from '../../packages/auth-backend/src/tokens/external/legacyMethod';
import { type Decision, decideSignature } from './decideSignature';
import { countBy, describeVectors } from './vectorFiles';

interface Case {
  readonly tcId: number;
  readonly comment: string;
  readonly msg: string;
  readonly sig: string;
}

/** What is signed stands in the place of header and payload; to the byte, since Latin-1 has all of them. */
function decide(alg: string, jwk: object, { msg, sig }: Case): Promise<Decision> {
  return decideSignature(
    { ...jwk, kid: 'k', alg, use: undefined, key_ops: undefined },
    {
      header: { alg },
      signingInput: Buffer.from(msg, 'hex').toString('latin1'),
      signature: Buffer.from(sig, 'hex'),
      unverifiedClaims: () => ({}),
    },
  );
}

describeVectors<{ cases: Array<Case & { publicKeyJwk: object; valid: boolean }> }>(
  'the ECDSA vectors of Wycheproof for P-256',
  'wycheproof-ecdsa-p256.json',
  ({ cases }) => {
    it('SIG-06 are decided as they say, 252 of 252', async () => {
      const decided = await Promise.all(
        cases.map(async it => [it, await decide('ES256', it.publicKeyJwk, it)] as const),
      );
      const otherwise = decided.filter(([{ valid }, is]) => valid !== (is === 'accepted'));
      expect(otherwise.map(([{ tcId, comment }, is]) => `${tcId} ${comment}: ${is}`)).toEqual([]);
      expect(countBy(decided, ([, is]) => is)).toEqual({
        accepted: 169,
        'refused: AUTH_SIGNATURE_INVALID': 83,
      });
    });
  },
);

interface Group<TCase> {
  readonly publicKeyDer: string;
  readonly tests: Array<TCase & { readonly result: 'valid' | 'invalid' | 'acceptable' }>;
}

/** Of a file of Wycheproof, as it is: how many cases it has, and how many of the valid ones are of a key that is refused. */
interface File {
  readonly alg: string;
  readonly file: string;
  readonly cases: number;
  readonly exponentThree?: number;
}

const files: readonly File[] = [
  { alg: 'ES256', file: 'ecdsa_secp256r1_sha256_p1363_test.json', cases: 262 },
  { alg: 'ES384', file: 'ecdsa_secp384r1_sha384_p1363_test.json', cases: 280 },
  { alg: 'ES512', file: 'ecdsa_secp521r1_sha512_p1363_test.json', cases: 318 },
  { alg: 'EdDSA', file: 'ed25519_test.json', cases: 151 },
  { alg: 'RS256', file: 'rsa_signature_2048_sha256_test.json', cases: 259, exponentThree: 2 },
  { alg: 'RS384', file: 'rsa_signature_2048_sha384_test.json', cases: 258 },
  { alg: 'RS512', file: 'rsa_signature_2048_sha512_test.json', cases: 259, exponentThree: 1 },
  { alg: 'PS256', file: 'rsa_pss_2048_sha256_mgf1_32_test.json', cases: 108 },
];

describe.each(files)('$alg', ({ alg, file, cases, exponentThree = 0 }) => {
  describeVectors<{ testGroups: Array<Group<Case>> }>(
    `the vectors of Wycheproof for ${alg}`,
    file,
    ({ testGroups }) => {
      it(`are decided as they say, ${cases} of ${cases}`, async () => {
        const wrong: string[] = [];
        const byKey: string[] = [];
        let decided = 0;
        for (const { publicKeyDer, tests } of testGroups) {
          const key = Buffer.from(publicKeyDer, 'hex');
          const jwk = createPublicKey({ key, format: 'der', type: 'spki' }).export({
            format: 'jwk',
          });
          for (const it of tests) {
            const decision = await decide(alg, jwk, it);
            decided += 1;
            // What is merely acceptable, a digest without its NULL, is refused.
            const agrees = (it.result === 'valid') === (decision === 'accepted');
            if (decision.startsWith('refused: the key')) byKey.push(`${it.result}, ${decision}`);
            else if (!agrees) wrong.push(`${it.tcId} ${it.comment}: ${decision}`);
          }
        }
        expect(wrong).toEqual([]);
        expect(decided).toBe(cases);
        // With the exponent 3 signatures are refused that are valid: the product uses no such key.
        const refused = `valid, refused: the key ${alg} needs an odd public exponent of at least 65537, found 3`;
        expect(byKey).toEqual(Array.from({ length: exponentThree }, () => refused));
      });
    },
  );
});

interface MacCase {
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
}

describeVectors<{ testGroups: Array<Group<MacCase> & { tagSize: number }> }>(
  'the HMAC vectors of Wycheproof',
  'hmac_sha256_test.json',
  ({ testGroups }) => {
    it('are decided as they say, 174 of 174, and no tag is taken that was cut off', () => {
      const decided = testGroups.flatMap(({ tagSize, tests }) =>
        tests.map(({ key, msg, tag, result }) => {
          const signed = {
            header: { alg: 'HS256' },
            signingInput: Buffer.from(msg, 'hex').toString('latin1'),
            signature: Buffer.from(tag, 'hex'),
            unverifiedClaims: () => ({}),
          };
          const is = isSignedWith(Buffer.from(key, 'hex'), signed) ? 'accepted' : 'refused';
          return `${result} tag of ${tagSize} bits, ${is}`;
        }),
      );
      expect(decided).toHaveLength(174);
      expect(countBy(decided, it => it)).toEqual({
        'valid tag of 256 bits, accepted': 33,
        'invalid tag of 256 bits, refused': 54,
        'valid tag of 128 bits, refused': 33,
        'invalid tag of 128 bits, refused': 54,
      });
    });
  },
);
