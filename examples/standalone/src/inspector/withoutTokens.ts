import { type Json, readToken, type TokenContent } from './readToken';

/** How deep a value may be nested; what is below is left out. */
const MAX_DEPTH = 20;

/** Shown of a token: everything but what makes it valid. */
export type ShownToken =
  /** A JSON Web Token (RFC 7519), of which `typ` tells the kind. */
  | { form: 'jwt'; header: Json; claims: Json }
  /** Any other text, such as a static token; nothing of it is shown. */
  | { form: 'opaque' };

/** Describes a token as it may be shown. */
export function showToken(token: string): ShownToken {
  const content = readToken(token);
  return content ? show(content, 0) : { form: 'opaque' };
}

/**
 * Returns a value as it may be shown: each token in it is replaced by what is written in the token, without
 * its signature, and nothing else that could be used as one stays.
 */
export function withoutTokens(value: Json, depth = 0): Json {
  if (depth > MAX_DEPTH) return '(nested too deeply to be shown)';
  if (typeof value === 'string') {
    const content = readToken(value);
    return content ? show(content, depth) : value.replace(/eyJ[\w-]*[.][\w.-]*/g, '(a token)');
  }
  if (Array.isArray(value)) return value.map(item => withoutTokens(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withoutTokens(member, depth + 1)]),
  );
}

function show({ header, claims }: TokenContent, depth: number): ShownToken & { form: 'jwt' } {
  // The proof with which a limited token is made out of a user token (`uip`) is a signature.
  const shown = 'uip' in claims ? { ...claims, uip: '(a signature, not shown)' } : claims;
  return {
    form: 'jwt',
    header: withoutTokens(header, depth + 1),
    claims: withoutTokens(shown, depth + 1),
  };
}
