import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { PublicJwk } from '@stagepass/auth-node';
import { exportPublicJwk } from '../keys/importKey';
import { schemeOf, type SignatureAlgorithm } from '../tokens/algorithms';
import type { SigningKey } from '../tokens/signJws';
import type { VerificationKey } from '../tokens/verifyJws';

/** A key pair in every form in which tests need it. */
export interface KeyFixture {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly signing: SigningKey;
  readonly verification: VerificationKey;
  readonly jwk: PublicJwk;
}

/** Generates a key pair for an algorithm. */
export function createKey(kid: string, alg: SignatureAlgorithm = 'ES256'): KeyFixture {
  const { publicKey, privateKey } = generatePair(alg);
  return {
    privateKey,
    publicKey,
    signing: { kid, alg, privateKey },
    verification: { kid, alg, publicKey },
    jwk: exportPublicJwk(publicKey, kid, alg),
  };
}

function generatePair(alg: SignatureAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  const { keyType, curve } = schemeOf(alg);
  if (keyType === 'ec') return generateKeyPairSync('ec', { namedCurve: curve ?? '' });
  if (keyType === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ed25519');
}
