import { createPublicKey } from 'node:crypto';
import { createVerifier } from 'fast-jwt';

/**
 * Verifies tokens by `fast-jwt`, which remembers those that it has verified.
 *
 * @param {object} publicJwk
 * @param {object} [options]
 */
export function createFastJwtVerifier(publicJwk, options) {
  const key = createPublicKey({ key: publicJwk, format: 'jwk' });
  const pem = key.export({ format: 'pem', type: 'spki' });
  return createVerifier({ key: pem, algorithms: ['ES256'], cache: 1000, ...options });
}
