import { importJWK, jwtVerify, SignJWT } from 'jose';

/** Issues plugin tokens of a signer by `jose`. */
export async function createJoseIssuer({ privateKey, publicJwk: { kid, alg } }) {
  const key = await importJWK(privateKey.export({ format: 'jwk' }), alg);
  const header = { typ: 'vnd.backstage.plugin', alg, kid };
  return claims => new SignJWT(claims).setProtectedHeader(header).sign(key);
}

/**
 * Verifies tokens by `jose`.
 *
 * @param {object} publicJwk
 * @param {import('jose').JWTVerifyOptions} options
 */
export async function createJoseVerifier(publicJwk, options) {
  const key = await importJWK(publicJwk, publicJwk.alg);
  return token => jwtVerify(token, key, options);
}
