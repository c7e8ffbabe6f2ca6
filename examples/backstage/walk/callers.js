import { Buffer } from 'node:buffer';
import { createHmac, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

/** The tokens and the secret of `app-config.yaml`. */
export const staticTokens = {
  deployBot: 'deploy-bot-token-of-the-example',
  reportJob: 'report-job-token-of-the-example',
  pageProbe: 'page-probe-token-of-the-example',
};
const legacySecret = Buffer.from('bGVnYWN5LXNlY3JldC1vZi10aGUtZXhhbXBsZS0zMjE=', 'base64');

const seconds = () => Math.floor(Date.now() / 1000);
const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Makes a token in the form of Backstage's old backend tokens.
 *
 * @param {object} [claims] - what differs from a good one
 * @param {Buffer | string} [secret]
 */
export function legacyToken(claims = {}, secret = legacySecret) {
  const payload = { sub: 'backstage-server', exp: seconds() + 600, ...claims };
  const signed = `${encode({ alg: 'HS256' })}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A third party with a key set: `keys` is what it publishes. */
export function createThirdParty() {
  const good = ecKey('P-256', 'ES256', 'pipeline-1');
  const other = ecKey('P-384', 'ES384', 'pipeline-2');
  const stranger = ecKey('P-256', 'ES256', 'pipeline-1');
  const token = (claims = {}, { publicJwk, privateKey, hash } = good) => {
    const now = seconds();
    const payload = {
      ...{ iss: 'https://issuer.example', aud: 'backstage-example', sub: 'release' },
      ...{ iat: now, exp: now + 600, ...claims },
    };
    const header = { typ: 'JWT', alg: publicJwk.alg, kid: publicJwk.kid };
    const signed = `${encode(header)}.${encode(payload)}`;
    const signature = sign(hash, Buffer.from(signed), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${signed}.${signature.toString('base64url')}`;
  };
  return {
    keys: [good.publicJwk, other.publicJwk],
    token,
    /** Signed with a published key of an algorithm that is not configured. */
    tokenOfOtherAlgorithm: () => token({}, other),
    /** Signed with a key that nobody published, under the id of one that is. */
    tokenOfStranger: () => token({}, stranger),
  };
}

function ecKey(namedCurve, alg, kid) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return { publicJwk, privateKey, hash: `sha${alg.slice(2)}` };
}

/** Returns the token with one bit of its signature turned: the signature belongs to nothing. */
export function withOtherSignature(token) {
  const [header, payload, signature] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[10] ^= 1;
  return [header, payload, bytes.toString('base64url')].join('.');
}

/** Returns the token with other claims and the signature that it had. */
export function withOtherClaims(token, claims) {
  const [header, , signature] = token.split('.');
  return [header, encode({ ...readClaims(token), ...claims }), signature].join('.');
}

/** Returns the limited token that any holder of a user token can put together. */
export function limited(userToken) {
  const { alg, kid } = readHeader(userToken);
  const { sub, iat, exp, uip } = readClaims(userToken);
  const header = { typ: 'vnd.backstage.limited-user', alg, kid };
  return [encode(header), encode({ sub, iat, exp }), uip].join('.');
}

export function readHeader(token) {
  return JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
}

export function readClaims(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
}

/** Tells whether one of the keys made the signature, which is ES256. */
export function isSignedBy(keys, token) {
  const [header, payload, signature] = token.split('.');
  const jwk = keys.find(({ kid }) => kid === readHeader(token).kid);
  if (!jwk) return false;
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
}
