import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { PublicJwk } from '@stagepass/auth-node';
import { exportPublicJwk } from '../keys/importKey';
import { PublishedKey } from '../keys/PublishedKey';
import { schemeOf, type SignatureAlgorithm } from '../tokens/algorithms';
import type { SigningKey } from '../tokens/signJws';
import type { VerificationKey } from '../tokens/verifyJws';

/** A key pair in every form in which tests need it. */
export interface KeyFixture {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly signing: SigningKey;
  readonly verification: VerificationKey;
  /** As a key set has it that goes on publishing it. */
  readonly published: PublishedKey;
  readonly jwk: PublicJwk;
}

/** RSA keys, by their ids: one takes longer to generate than most tests do. */
const rsaPairs = new Map<string, ReturnType<typeof generatePair>>();

/** Generates a key pair for an algorithm; of RSA always the same for the same id. */
export function createKey(kid: string, alg: SignatureAlgorithm = 'ES256'): KeyFixture {
  const id = `${alg} ${kid}`;
  const { publicKey, privateKey } = rsaPairs.get(id) ?? generatePair(alg);
  if (publicKey.asymmetricKeyType === 'rsa') rsaPairs.set(id, { publicKey, privateKey });
  const verification = { kid, alg, publicKey };
  return {
    privateKey,
    publicKey,
    signing: { kid, alg, privateKey },
    verification,
    published: publish(verification),
    jwk: exportPublicJwk(publicKey, kid, alg),
  };
}

function publish(key: VerificationKey): PublishedKey {
  const find = async () => publish(key);
  return new PublishedKey({ key, holder: { atHand: () => key }, kid: key.kid, find });
}

/** Writes a number in so many bytes, as the parameters of a JWK are. */
export function writeNumber(value: bigint, length: number): string {
  return Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex').toString('base64url');
}

/** A modulus of 2048 bits with the weakness ROCA: all its residues are powers of 65537, as one generator's were. */
export function rocaModulus(): string {
  const primes = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
  ];
  const product = primes.reduce((all, prime) => all * BigInt(prime), 2n);
  const half = 2n ** 2047n;
  return writeNumber(half - (half % product) + product + (65_537n ** 7n % product), 256);
}

function generatePair(alg: SignatureAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  const { keyType, curve } = schemeOf(alg);
  if (keyType === 'ec') return generateKeyPairSync('ec', { namedCurve: curve ?? '' });
  if (keyType === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ed25519');
}
