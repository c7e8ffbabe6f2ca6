import type { Found } from './expected';

/** What is written in a token (RFC 7515 section 7.1); whether it is valid, only the backend can tell. */
export interface TokenContent {
  header: { [name: string]: Found };
  claims: { [name: string]: Found };
}

/** Reads a token; undefined if the value is none. */
export function readToken(value: Found | undefined): TokenContent | undefined {
  if (typeof value !== 'string') return undefined;
  const [header, claims, signature, ...rest] = value.split('.');
  if (!header || !claims || !signature || rest.length > 0) return undefined;
  try {
    return { header: decode(header), claims: decode(claims) };
  } catch {
    return undefined;
  }
}

function decode(segment: string): { [name: string]: Found } {
  return JSON.parse(Buffer.from(segment, 'base64url').toString('utf8')) as {
    [name: string]: Found;
  };
}
