/** What is written in a token (RFC 7515 section 7.1); whether it is valid, only the backend can tell. */
export interface TokenContent {
  header: JsonMembers;
  claims: JsonMembers;
}

export type Json = null | boolean | number | string | Json[] | JsonMembers;
export type JsonMembers = { [name: string]: Json };

/** Reads a token; undefined if the value is none. */
export function readToken(value: unknown): TokenContent | undefined {
  if (typeof value !== 'string') return undefined;
  const [header, claims, signature, ...rest] = value
    .split('.')
    .map(segment => segment || undefined);
  if (!header || !claims || !signature || rest.length > 0) return undefined;
  try {
    const content = { header: decode(header), claims: decode(claims) };
    return isMembers(content.header) && isMembers(content.claims)
      ? (content as TokenContent)
      : undefined;
  } catch {
    return undefined;
  }
}

function decode(segment: string): Json {
  return JSON.parse(Buffer.from(segment, 'base64url').toString('utf8')) as Json;
}

function isMembers(value: Json): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
