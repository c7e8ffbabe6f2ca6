import { generateKeyPairSync } from 'node:crypto';
import type { PublicJwk } from '@stagepass/auth-node';
import { exportPublicJwk, importVerificationKey } from '../keys/importKey';
import { schemeOf, type SignatureAlgorithm } from '../tokens/algorithms';
import { type SigningKey, writeSigningInput } from '../tokens/signJws';
import { signSegments } from '../tokens/signJws';
import type { VerificationKey } from '../tokens/verifyJws';

/** Both halves of a key, in the forms that the rooms take. */
export interface TestKey {
  readonly signing: SigningKey;
  readonly verification: VerificationKey;
  readonly jwk: PublicJwk;
}

/** Generates a key of the algorithm. */
export function generateTestKey(kid: string, alg: SignatureAlgorithm = 'ES256'): TestKey {
  const { keyType, curve } = schemeOf(alg);
  const { publicKey, privateKey } =
    keyType === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: curve ?? '' })
      : keyType === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ed25519');
  const jwk = exportPublicJwk(publicKey, kid, alg);
  const verification = importVerificationKey(jwk);
  if (typeof verification === 'string') throw new Error(verification);
  return { signing: { kid, alg, privateKey }, verification, jwk };
}

/** Signs any header and claims, right or wrong. */
export async function signAnything(
  header: Record<string, unknown>,
  claims: Record<string, unknown>,
  key: TestKey,
): Promise<string> {
  const input = writeSigningInput(header as { typ: string; alg: string; kid: string }, claims);
  return `${input}.${await signSegments(input, key.signing)}`;
}
