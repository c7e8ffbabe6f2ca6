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
    signingInput,
    /** @returns {string} a plugin token; `namedKey`: the key that it names, default its own */
    issue(claims, namedKey = kid) {
      const input = signingInput(claims, namedKey);
      return `${input}.${signRaw(Buffer.from(input), privateKey).toString('base64url')}`;
    },
  };

  /** @returns {string} header and claims, as they are signed */
  function signingInput(claims, namedKey = kid) {
    const header = { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: namedKey };
    return `${encode(header)}.${encode(claims)}`;
  }
}

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
