import {
  createHash,
  generateKeyPair as generateKeyPairWithCallback,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { PublicJwk } from '@stagepass/auth-node';
import { schemeOf, type SignatureAlgorithm } from '../tokens/algorithms';
import { cryptoFailure } from '../tokens/cryptoFailure';
import type { SigningKey } from '../tokens/signJws';
import { exportPublicJwk } from './importKey';

/**
 * Generates a key, named by its thumbprint (RFC 7638), so that two keys never have one name.
 *
 * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when the host cannot
 */
export async function generateSigningKey(
  alg: SignatureAlgorithm,
): Promise<{ signing: SigningKey; published: PublicJwk }> {
  try {
    const { publicKey, privateKey } = await generateKeys(alg);
    const kid = thumbprintOf(publicKey);
    return { signing: { kid, alg, privateKey }, published: exportPublicJwk(publicKey, kid, alg) };
  } catch (cause) {
    throw cryptoFailure(`generate a key for ${alg}`, cause);
  }
}

const generateKeyPair = promisify(generateKeyPairWithCallback);

async function generateKeys(algorithm: SignatureAlgorithm) {
  const { keyType, curve } = schemeOf(algorithm);
  if (keyType === 'ec') return generateKeyPair('ec', { namedCurve: curve ?? 'prime256v1' });
  if (keyType === 'rsa') return generateKeyPair('rsa', { modulusLength: 2048 });
  return generateKeyPair('ed25519', {});
}

/** What node:crypto exports are the members that the thumbprint is made of (RFC 7638 section 3.2), unordered. */
function thumbprintOf(publicKey: KeyObject): string {
  const members = Object.entries(publicKey.export({ format: 'jwk' })).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url');
}
