import { Buffer } from 'node:buffer';
import { generateKeyPairSync, sign, verify } from 'node:crypto';

const dsaEncoding = 'ieee-p1363';

/**
 * Makes a key pair of the kind that plugins have, and what signs with it by `node:crypto` alone.
 *
 * @param {string} kid
 */
export function createSigner(kid) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
  return {
    publicKey,
    privateKey,
    publicJwk,
    /** @returns {string} header and claims, as they are signed */
    signingInput: claims => `${encode({ typ: PLUGIN_TYP, alg: 'ES256', kid })}.${encode(claims)}`,
    /** @returns {string} a plugin token */
    issue(claims) {
      const input = this.signingInput(claims);
      return `${input}.${signRaw(Buffer.from(input), privateKey).toString('base64url')}`;
    },
  };
}

const PLUGIN_TYP = 'vnd.backstage.plugin';

const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url');

/** One raw signature of an issuer of tokens: what no issuer can do without. */
export function signRaw(data, key) {
  return sign('sha256', data, { key, dsaEncoding });
}

/** {@link signRaw} on the thread pool. */
export function signRawInPool(data, key) {
  return new Promise((resolve, reject) => {
    sign('sha256', data, { key, dsaEncoding }, (error, signature) =>
      error ? reject(error) : resolve(signature),
    );
  });
}

/** Takes a token apart into what a raw verification needs, before the clock starts. */
export function takeApart(token) {
  const end = token.lastIndexOf('.');
  return {
    data: Buffer.from(token.slice(0, end)),
    signature: Buffer.from(token.slice(end + 1), 'base64url'),
  };
}

/** One raw verification: what no verifier of a token that it never saw can do without. */
export function verifyRaw({ data, signature }, key) {
  return verify('sha256', data, { key, dsaEncoding }, signature);
}

/** {@link verifyRaw} on the thread pool. */
export function verifyRawInPool({ data, signature }, key) {
  return new Promise((resolve, reject) => {
    verify('sha256', data, { key, dsaEncoding }, signature, (error, valid) =>
      error ? reject(error) : resolve(valid),
    );
  });
}
