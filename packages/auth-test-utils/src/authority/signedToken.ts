import { type KeyObject, sign, verify } from 'node:crypto';

/** A key pair with the id under which its public half is published. */
export interface AuthorityKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A token taken apart. */
export interface TokenParts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** The bytes that are signed: header, dot, payload, as they came. */
  readonly signingInput: string;
  readonly signature: string;
}

/** ES256 (RFC 7518 section 3.4): the two numbers of the signature one after the other, not in DER. */
const dsaEncoding = 'ieee-p1363';

/** Writes a token in the compact form (RFC 7515 section 7.1), members in the order given. */
export function signToken(
  key: AuthorityKey,
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): string {
  const signingInput = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signingInput), {
    key: key.privateKey,
    dsaEncoding,
  });
  return `${signingInput}.${signature.toString('base64url')}`;
}

/** Tells whether the key signed the token. */
export function isSignedBy(key: KeyObject, token: TokenParts): boolean {
  return verify(
    'sha256',
    Buffer.from(token.signingInput),
    { key, dsaEncoding },
    Buffer.from(token.signature, 'base64url'),
  );
}

/** Takes a token apart; undefined when it is none. Nothing is verified. */
export function readToken(token: string): TokenParts | undefined {
  const [header, payload, signature, ...more] = token.split('.');
  if (!header || !payload || signature === undefined || more.length > 0) return undefined;
  const parts = { header: decode(header), claims: decode(payload) };
  if (!parts.header || !parts.claims) return undefined;
  return {
    header: parts.header,
    claims: parts.claims,
    signingInput: `${header}.${payload}`,
    signature,
  };
}

/** Writes an object as a part of a token. */
export function encode(part: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
