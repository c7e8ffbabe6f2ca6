import type { JsonObject } from '@backstage/types';
import { type AccessRestrictionsMap, tokenTypes } from '@stagepass/auth-node';
import { createAuthError, describeValue, quote } from '@stagepass/auth-node/internal';
import { ACCESS_RESTRICTIONS, readAccessRestrictions } from './accessRestrictions';
import { parseJsonObject } from './strictJson';

/**
 * The longest token that is looked at, in characters. User tokens are never issued longer than this, and
 * anything above is refused before a byte of it is decoded.
 */
export const MAX_TOKEN_LENGTH = 32_768;

/** The header parameters that verification reads; all others are ignored. */
export interface ProtectedHeader {
  readonly alg: string;
  readonly typ?: string;
  readonly kid?: string;
  /** The limits of the caller for whom a plugin calls; who verifies a plugin token must keep to them. */
  readonly accessRestrictions?: AccessRestrictionsMap;
}

/** A well-formed token of which nothing is proved yet. */
export interface UnverifiedJws {
  readonly header: ProtectedHeader;
  /** What the signature covers: the first two segments exactly as received (RFC 7515 section 5.2). */
  readonly signingInput: string;
  readonly signature: Buffer;
  /** The first segment, where its like has not been verified before. */
  readonly newHeader?: string;
  /** The claims, decoded on first use; believe none of them before `verifyJws` has returned. */
  unverifiedClaims(): JsonObject;
}

/** How a JSON object begins in base64url: with a brace, or white space before it. */
const OBJECT_START = /^(?:e[w-z0-9_-]|I[A-P]|C[Q-Za-v]|D[Q-Za-f])/;

/** How many headers are known at most, and how long one of them may be, in characters. */
const MAX_KNOWN_HEADERS = 100;
const MAX_KNOWN_HEADER = 256;

/** Of tokens that were verified: an issuer writes the same header as long as it signs with the same key. */
const knownHeaders = new Map<string, ProtectedHeader>();

/** Notes that a token was verified, so that its header need not be read again; restrictions are of one caller each. */
export function noteHeader({ newHeader, header }: UnverifiedJws): void {
  if (newHeader === undefined || newHeader.length > MAX_KNOWN_HEADER) return;
  if (header.accessRestrictions) return;
  if (knownHeaders.size >= MAX_KNOWN_HEADERS) knownHeaders.clear();
  // Not a part of the token, which would be kept with it.
  knownHeaders.set(Buffer.from(newHeader, 'latin1').toString('latin1'), header);
}

/** A token as it was presented: a JWS, or what may still be an external caller's. */
export interface ParsedToken {
  readonly jws?: UnverifiedJws;
  /** Makes the error that says why it is no JWS; that takes long, and most are not needed. */
  readonly malformed?: () => unknown;
}

/** Parses a token that need not be a JWS. */
export function parseToken(token: unknown): ParsedToken {
  const segments = splitSegments(token);
  if (typeof segments === 'string') return { malformed: () => malformed(segments) };
  const junk = nameJunk(segments);
  if (junk) return { malformed: () => malformed(`${junk}: does not begin as a JSON object`) };
  try {
    return { jws: readSegments(segments) };
  } catch (error) {
    return { malformed: () => error };
  }
}

/**
 * Reads a token in the compact serialisation (RFC 7515 section 7.1), accepting exactly one way to write
 * each token: three segments of canonical base64url without padding or white space.
 *
 * @throws AuthenticationError `AUTH_TOKEN_MALFORMED`
 */
export function parseCompact(token: unknown): UnverifiedJws {
  const segments = splitSegments(token);
  if (typeof segments === 'string') throw malformed(segments);
  return readSegments(segments);
}

interface Segments {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
  readonly signingInput: string;
}

function splitSegments(token: unknown): Segments | string {
  if (typeof token !== 'string') return `expected a string, found ${typeof token}`;
  const { length } = token;
  if (length > MAX_TOKEN_LENGTH) {
    return `expected at most ${MAX_TOKEN_LENGTH} characters, found ${length}`;
  }
  // What JavaScript writes for a variable that holds no text.
  if (token === 'undefined' || token === 'null') {
    return `found the text ${quote(token)}; the variable of the caller is empty`;
  }
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  const isThreeSegments =
    first > 0 && second > first + 1 && second < length - 1 && token.indexOf('.', second + 1) === -1;
  if (!isThreeSegments) {
    return `expected three non-empty segments separated by dots, found ${length} characters without`;
  }
  return {
    header: token.slice(0, first),
    payload: token.slice(first + 1, second),
    signature: token.slice(second + 1),
    signingInput: token.slice(0, second),
  };
}

/** Names the segment that cannot be JSON at sight: junk is not decoded, nor is what stands beside it. */
function nameJunk({ header, payload }: Segments): string | undefined {
  if (!OBJECT_START.test(header)) return 'header';
  return OBJECT_START.test(payload) ? undefined : 'payload';
}

function readSegments({ header, payload, signature, signingInput }: Segments): UnverifiedJws {
  let claims: JsonObject | undefined;
  const known = header.length <= MAX_KNOWN_HEADER ? knownHeaders.get(header) : undefined;
  return {
    header: known ?? readHeader(decodeObject(header, 'header')),
    newHeader: known ? undefined : header,
    signingInput,
    signature: decodeSegment(signature, 'signature'),
    unverifiedClaims: () => (claims ??= decodeObject(payload, 'payload')),
  };
}

function readHeader(header: JsonObject): ProtectedHeader {
  const { alg, typ, kid } = header;
  if (typeof alg !== 'string' || alg === '') {
    throw malformed(`header: expected a name as alg, found ${describeValue(alg)}`);
  }
  if (Object.hasOwn(header, 'typ') && typeof typ !== 'string') {
    throw malformed(`header: expected a name as typ, found ${describeValue(typ)}`);
  }
  if (Object.hasOwn(header, 'kid') && (typeof kid !== 'string' || kid === '')) {
    throw malformed(`header: expected a name as kid, found ${describeValue(kid)}`);
  }
  const accessRestrictions = readCriticalParameter(header);
  return {
    alg,
    typ: typ as string | undefined,
    kid: kid as string | undefined,
    ...(accessRestrictions && { accessRestrictions }),
  };
}

/**
 * Reads the one critical parameter that is understood; of any other the token must be refused (RFC 7515
 * section 4.1.11), and so it is where this one is not marked, or stands in another kind of token.
 */
function readCriticalParameter(header: JsonObject): AccessRestrictionsMap | undefined {
  const { typ, crit, [ACCESS_RESTRICTIONS]: value } = header;
  // `b64` (RFC 7797) changes what is signed, and is refused even where it is not marked critical.
  if (Object.hasOwn(header, 'b64')) throw malformed('header: b64 is not understood');
  if (!Object.hasOwn(header, 'crit') && value === undefined) return undefined;
  const isListed = Array.isArray(crit) && crit.length === 1 && crit[0] === ACCESS_RESTRICTIONS;
  if (!isListed || value === undefined || typ !== tokenTypes.plugin.typParam) {
    throw malformed(
      `header: expected no critical parameter but ${ACCESS_RESTRICTIONS}, present, listed once, and in a plugin token; found crit: ${describeValue(crit)}, the parameter: ${describeValue(value)}`,
    );
  }
  const restrictions = readAccessRestrictions(value);
  if (typeof restrictions === 'string') {
    throw malformed(`header: ${ACCESS_RESTRICTIONS}: ${restrictions}`);
  }
  return restrictions;
}

function decodeObject(segment: string, name: string): JsonObject {
  const object = parseJsonObject(decodeSegment(segment, name));
  if (typeof object === 'string') throw malformed(`${name}: ${object}`);
  return object;
}

function decodeSegment(segment: string, name: string): Buffer {
  const bytes = decodeBase64url(segment);
  if (!bytes) throw malformed(`${name}: is not canonical base64url`);
  return bytes;
}

/** Decodes base64url; undefined unless it is written in the one canonical way. */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  // Encoding again is the whole check: a foreign alphabet, padding, white space and stray trailing bits
  // (RFC 4648 section 3.5) all come out different.
  return bytes.toString('base64url') === text ? bytes : undefined;
}

function malformed(detail: string) {
  return createAuthError('AUTH_TOKEN_MALFORMED', `the token is not a well-formed JWS: ${detail}`);
}
