import {
  constants,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
} from 'node:crypto';

const { RSA_PKCS1_PSS_PADDING } = constants;

const algorithms = {
  ES256: { hash: 'sha256', options: { dsaEncoding: 'ieee-p1363' }, curve: 'P-256' },
  ES384: { hash: 'sha384', options: { dsaEncoding: 'ieee-p1363' }, curve: 'P-384' },
  RS256: { hash: 'sha256', options: {}, curve: undefined },
  PS256: {
    hash: 'sha256',
    options: { padding: RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    curve: undefined,
  },
  EdDSA: { hash: null, options: {}, curve: 'Ed25519' },
} as const satisfies Record<
  string,
  { hash: string | null; options: Omit<SignKeyObjectInput, 'key'>; curve: string | undefined }
>;

/** An algorithm that the keys of the suite sign with. */
export type Algorithm = keyof typeof algorithms;

/** Whoever signs: a key pair, or a secret. */
export interface Signer {
  readonly kid: string;
  readonly alg: string;
  /** As its issuer publishes it. */
  readonly jwk: object;
  sign(data: string): Buffer;
}

/** Makes a key pair of an issuer. */
export function createSigner(kid: string, alg: Algorithm): Signer {
  return signerOf(generate(alg), kid, alg);
}

/** Makes signers of different algorithms and ids on one key pair. */
export function signerOf(
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
  kid: string,
  alg: Algorithm,
): Signer {
  const { hash, options } = algorithms[alg];
  return {
    kid,
    alg,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' },
    sign: data => sign(hash, Buffer.from(data), { key: privateKey, ...options }),
  };
}

/** Makes a key pair that fits an algorithm. */
export function generate(alg: Algorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  const { curve } = algorithms[alg];
  if (curve === undefined) return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (curve === 'Ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('ec', { namedCurve: curve });
}

/** Makes a signer with a shared secret. */
export function secretSigner(secret: Buffer): Signer {
  return {
    kid: '',
    alg: 'HS256',
    jwk: {},
    sign: data => createHmac('sha256', secret).update(data).digest(),
  };
}
