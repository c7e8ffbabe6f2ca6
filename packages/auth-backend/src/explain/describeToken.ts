import type { JsonObject } from '@backstage/types';
import { isAuthError, tokenTypes } from '@stagepass/auth-node';
import { MAX_TOKEN_LENGTH, parseCompact } from '../tokens/parseCompact';
import type { TokenKind } from './TokenExplanation';

/** What a text says of itself: nothing of it is proved. */
export interface TokenDescription {
  readonly kind: TokenKind;
  /** What is wrong with its form. */
  readonly problem?: string;
  readonly header?: JsonObject;
  readonly claims?: JsonObject;
}

/** The texts with which test suites replace tokens. */
const MOCK = /^mock-[a-z-]*token(:|$)/;

/**
 * Describes a text by what it says of itself. It reads more forms than are accepted, so that there is
 * something to see of a token that is refused for its form.
 */
export function describeToken(token: unknown): TokenDescription {
  if (typeof token !== 'string') {
    return { kind: 'no token', problem: `expected a text, found ${typeof token}` };
  }
  if (token === '') return { kind: 'no token', problem: 'the text is empty' };
  if (MOCK.test(token)) return { kind: 'mock token' };
  const problem = whyMalformed(token);
  if (token.length > MAX_TOKEN_LENGTH) return { kind: 'no token', problem };
  const segments = token.split('.');
  const [header, claims] = segments.map(decode);
  if (header && segments.length === 5) {
    return { kind: 'encrypted token', problem, header };
  }
  if (!header)
    return { kind: 'no token', problem: problem && `${problem}${hint(token, segments)}` };
  return {
    kind: kindOf(header, claims ?? {}),
    ...(problem && { problem: `${problem}${hint(token, segments)}` }),
    header,
    ...(claims && { claims }),
  };
}

function kindOf(header: JsonObject, claims: JsonObject): TokenKind {
  const { typ, alg } = header;
  if (typ === tokenTypes.plugin.typParam) {
    return Object.hasOwn(claims, 'obo') ? 'plugin token on behalf of a user' : 'plugin token';
  }
  if (typ === tokenTypes.user.typParam) return 'user token';
  if (typ === tokenTypes.limitedUser.typParam) return 'limited user token';
  if (claims.aud === tokenTypes.user.audClaim) return 'old user token';
  const isLegacy = alg === 'HS256' && claims.sub === 'backstage-server';
  return isLegacy && !Object.hasOwn(claims, 'aud') ? 'legacy token' : 'third-party token';
}

function whyMalformed(token: string): string | undefined {
  try {
    parseCompact(token).unverifiedClaims();
    return undefined;
  } catch (error) {
    return isAuthError(error) ? error.reason : String(error);
  }
}

function hint(token: string, segments: readonly string[]): string {
  if (/\.\.\.|\u2026/.test(token)) return '; it has been shortened';
  if (segments.length === 1) return `; it is one text of ${token.length} characters`;
  if (segments.length === 2) return '; its signature is missing, it was cut off';
  if (/%[0-9A-F]{2}/i.test(token)) return '; it is percent-encoded';
  if (/[+/=]/.test(token)) return '; it is written in base64, not in base64url';
  return '';
}

function decode(segment: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
