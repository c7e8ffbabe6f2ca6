import type { ConfigValue } from './ConfigValue';

/** Shorter secrets can be guessed from one token. */
const MIN_BYTES = 16;

/** From this length on a secret is as strong as HS256 is (RFC 7518 section 3.2). */
export const RECOMMENDED_SECRET_BYTES = 32;

const GENERATE = `generate one with: node -p "crypto.randomBytes(32).toString('base64')"`;

/**
 * Reads the secret of a legacy caller: base64 in either alphabet (RFC 4648 sections 4 and 5), with or without
 * padding. A secret that is no base64 would be a shorter one than it looks, and is refused.
 */
export function readLegacySecret(value: ConfigValue): Buffer {
  const text = value.secret();
  const secret = Buffer.from(text, 'base64');
  if (!isCanonical(text, secret)) throw value.invalid('base64', `something else; ${GENERATE}`);
  if (secret.length < MIN_BYTES) {
    throw value.invalid(`at least ${MIN_BYTES} bytes in base64`, `${secret.length}; ${GENERATE}`);
  }
  return secret;
}

function isCanonical(text: string, bytes: Buffer): boolean {
  const base64 = bytes.toString('base64');
  const base64url = bytes.toString('base64url');
  const padding = base64.slice(base64url.length);
  return [base64, base64.slice(0, base64url.length), base64url, base64url + padding].includes(text);
}
