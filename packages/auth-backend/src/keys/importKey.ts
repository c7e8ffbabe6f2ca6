import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { PublicJwk } from '@stagepass/auth-node';
import { quote } from '@stagepass/auth-node/internal';
import {
  isSignatureAlgorithm,
  schemeOf,
  type SignatureAlgorithm,
  whyKeyDoesNotFit,
} from '../tokens/algorithms';
import type { VerificationKey } from '../tokens/verifyJws';

/** The public parameters of each key type (RFC 7518 section 6, RFC 8037 section 2). */
const publicParameters: ReadonlyMap<string, readonly string[]> = new Map([
  ['EC', ['crv', 'x', 'y']],
  ['RSA', ['n', 'e']],
  ['OKP', ['crv', 'x']],
]);

/** The members that only the owner of a key may know (RFC 7518 sections 6.2.2, 6.3.2 and 6.4). */
const privateParameters = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

/** The algorithm of a key that names none, where its curve leaves no choice. */
const algorithmOfCurve: ReadonlyMap<unknown, SignatureAlgorithm> = new Map([
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
  ['Ed25519', 'EdDSA'],
]);

/** The key set of a third party, which may leave out more than plugins do. */
export interface ThirdPartyKeys {
  /** What its tokens may be signed with: a key that names no `alg` is bound to the first that fits it. */
  readonly algorithms: readonly SignatureAlgorithm[];
}

/**
 * Reads a foreign value as a published key: exactly the public parameters of its type, with `kid` and
 * `alg`; all other members are dropped.
 *
 * @param thirdParty - when given, `kid` may be absent, and is then empty; so may `alg`
 * @returns the key, or a text that says why it cannot be used
 */
export function readPublicJwk(value: unknown, thirdParty?: ThirdPartyKeys): PublicJwk | string {
  if (typeof value !== 'object' || value === null) return 'is not an object';
  const jwk = value as Record<string, unknown>;
  const { kty, use, key_ops: operations } = jwk;
  const kid = thirdParty && jwk.kid === undefined ? '' : jwk.kid;
  if (typeof kid !== 'string' || jwk.kid === '') return 'has no kid';
  const parameters = typeof kty === 'string' ? publicParameters.get(kty) : undefined;
  if (typeof kty !== 'string' || !parameters) return `has the unusable kty ${quote(kty)}`;
  if (privateParameters.some(name => name in jwk)) return 'holds a private or secret member';
  if (use !== undefined && use !== 'sig') return `is for ${quote(use)}, not for signatures`;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return 'is not for verifying';
  }
  const alg = jwk.alg ?? algorithmOfCurve.get(jwk.crv) ?? algorithmFor(kty, thirdParty);
  if (!isSignatureAlgorithm(alg)) return `has the unusable alg ${quote(jwk.alg)}`;
  const published: PublicJwk = { kty, kid, alg };
  for (const name of parameters) {
    const parameter = jwk[name];
    if (typeof parameter !== 'string') return `has no ${name}`;
    published[name] = parameter;
  }
  return published;
}

function algorithmFor(kty: string, thirdParty?: ThirdPartyKeys): SignatureAlgorithm | undefined {
  return kty === 'RSA'
    ? thirdParty?.algorithms.find(algorithm => schemeOf(algorithm).keyType === 'rsa')
    : undefined;
}

/**
 * Reads a key that is about to be stored, like {@link readPublicJwk}.
 *
 * @throws Error when it is not a public key, with a private member above all
 */
export function requirePublicJwk(value: PublicJwk): PublicJwk {
  const jwk = readPublicJwk(value);
  if (typeof jwk === 'string') throw new Error(`The key cannot be stored: it ${jwk}`);
  return jwk;
}

/**
 * Imports a foreign value as a key that verifies signatures. The point must lie on its curve and be written
 * in full length (RFC 7518 section 6.2.1.2), and the key must fit its algorithm.
 *
 * @param thirdParty - as for {@link readPublicJwk}
 * @returns the key, or a text that says why it cannot be used
 */
export function importVerificationKey(
  value: unknown,
  thirdParty?: ThirdPartyKeys,
): VerificationKey | string {
  const jwk = readPublicJwk(value, thirdParty);
  if (typeof jwk === 'string') return jwk;
  const alg = jwk.alg as SignatureAlgorithm;
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    return 'is not a valid public key';
  }
  const { x, y } = publicKey.export({ format: 'jwk' });
  if (x !== jwk.x || y !== jwk.y) return 'is not written as RFC 7518 says';
  return whyKeyDoesNotFit(publicKey, alg) ?? { kid: jwk.kid, alg, publicKey };
}

/** Writes the public half of a key pair as it is published. */
export function exportPublicJwk(
  publicKey: KeyObject,
  kid: string,
  alg: SignatureAlgorithm,
): PublicJwk {
  return { ...(publicKey.export({ format: 'jwk' }) as { kty: string }), kid, alg };
}
