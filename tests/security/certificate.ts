import { createPublicKey, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

const tag = (value: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([value, ...size]), body]);
};
const sequence = (...parts: Buffer[]) => tag(0x30, ...parts);
const time = (text: string) => tag(0x17, Buffer.from(text));

/** `ecdsa-with-SHA256` and `commonName`, as object identifiers. */
const ECDSA_SHA256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
const COMMON_NAME = Buffer.from('0603550403', 'hex');

/** Makes a certificate that a P-256 key signs for itself (RFC 5280 section 4.1), as an attacker would. */
export function createCertificate(name: string, privateKey: KeyObject): X509Certificate {
  const party = sequence(tag(0x31, sequence(COMMON_NAME, tag(0x0c, Buffer.from(name)))));
  const content = sequence(
    tag(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    party,
    sequence(time('250101000000Z'), time('491231235959Z')),
    party,
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
  );
  const signature = sign('sha256', content, privateKey);
  return new X509Certificate(
    sequence(content, ECDSA_SHA256, tag(0x03, Buffer.alloc(1), signature)),
  );
}
