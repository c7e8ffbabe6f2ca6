import { staticTokens } from './worlds';

/** The kind of a token, by the word that it carries about itself. */
export type TokenKind = 'plugin' | 'user' | 'limited' | 'untyped' | 'external' | 'static';

/**
 * What can be seen of a token without keys: read as tolerantly as can be, with what is unusual about the
 * writing noted beside it. Written for this suite, and on purpose with nothing of the products in it.
 */
export interface TokenFacts {
  readonly kind: TokenKind;
  readonly length: number;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Header or claims can be read at all, as an object. */
  readonly headerRead: boolean;
  readonly claimsRead: boolean;
  /** Each segment is the one way to write its bytes. */
  readonly canonical: boolean;
  /** Header and claims are UTF-8 without byte order mark. */
  readonly utf8: boolean;
  /** A member is named twice somewhere. */
  readonly duplicates: boolean;
  /** Objects and lists stand in each other more than a hundred deep. */
  readonly deep: boolean;
  /** Limited access is allowed. */
  readonly limitedAccess: boolean;
  /** Who signed it: the name of a key of the suite; the rest shows in the token, this does not. */
  readonly signer: string | undefined;
  /** User tokens of the old form are accepted. */
  readonly untypedAccepted: boolean;
  /** The token in `obo`, if that is a text. */
  readonly obo?: TokenFacts;
}

/** Reads a token. */
export function factsOf(
  token: string,
  context: { limitedAccess?: boolean; signer?: string; untypedAccepted?: boolean } = {},
): TokenFacts {
  const { limitedAccess = false, signer, untypedAccepted = false } = context;
  const segments = token.split('.');
  const readable = segments.length === 3;
  const header = read(readable ? segments[0]! : '');
  const claims = read(readable ? segments[1]! : '');
  const { obo } = claims.object;
  return {
    kind: kindOf(token, header.object, claims.object),
    length: token.length,
    header: header.object,
    claims: claims.object,
    headerRead: header.isObject,
    claimsRead: claims.isObject,
    canonical: segments.every(
      segment => Buffer.from(segment, 'base64url').toString('base64url') === segment,
    ),
    utf8: header.utf8 && claims.utf8,
    duplicates: header.duplicates || claims.duplicates,
    deep: header.depth > 100 || claims.depth > 100,
    limitedAccess,
    signer,
    untypedAccepted,
    ...(typeof obo === 'string' &&
      obo !== '' && { obo: factsOf(obo, { limitedAccess: true, untypedAccepted }) }),
  };
}

function kindOf(
  token: string,
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): TokenKind {
  if (Object.values(staticTokens).includes(token)) return 'static';
  if (header.typ === 'vnd.backstage.plugin') return 'plugin';
  if (header.typ === 'vnd.backstage.user') return 'user';
  if (header.typ === 'vnd.backstage.limited-user') return 'limited';
  return claims.aud === 'backstage' ? 'untyped' : 'external';
}

function read(segment: string) {
  const bytes = Buffer.from(segment, 'base64url');
  const text = new TextDecoder().decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return {
    isObject,
    object: (isObject ? value : {}) as Record<string, unknown>,
    utf8: Buffer.from(text).equals(bytes),
    duplicates: isObject && writtenNames(text) > countNames(value),
    depth: depthOf(value),
  };
}

/** Counts the names that stand in a JSON text. */
function writtenNames(text: string): number {
  const strings = text.match(/"(?:[^"\\]|\\.)*"(?:\s*:)?/g) ?? [];
  return strings.filter(string => string.endsWith(':')).length;
}

/** Counts the names that came out of it. */
function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, member) => sum + countNames(member), own);
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
