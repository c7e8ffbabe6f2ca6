import { createAuthError, quote } from '@stagepass/auth-node/internal';
import { readRestrictions } from './mockRestrictions';
import {
  isUserEntityRef,
  mockTokenPrefixes as prefixes,
  type MockTokenClaims,
  type MockTokenKind,
  userEntityRefMessage,
} from './mockTokens';

/**
 * Reads the claims of a mock token.
 *
 * @throws AuthenticationError `AUTH_TOKEN_MALFORMED` when they are no JSON object, `AUTH_CLAIM_INVALID` when
 *   one has another type than it should
 */
export function parseMockToken(kind: MockTokenKind, token: string): MockTokenClaims {
  const claims = parseObject(kind, token.slice(prefixes[kind].length));
  const sub = optionalText(kind, 'sub', claims.sub);
  const exp = optionalTime(claims.exp);
  if (kind !== 'service') {
    requireUserEntityRef(sub);
    return kind === 'user' ? { sub, actor: optionalActor(claims.actor), exp } : { sub, exp };
  }
  const obo = optionalText(kind, 'obo', claims.obo);
  requireUserEntityRef(obo);
  const target = optionalText(kind, 'target', claims.target);
  return { sub, obo, target, exp, restrictions: optionalRestrictions(claims.restrictions) };
}

function parseObject(kind: MockTokenKind, json: string): Record<string, unknown> {
  let claims: unknown;
  try {
    claims = JSON.parse(json);
  } catch {
    // Answered below, as any other value that is no object.
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw createAuthError(
      'AUTH_TOKEN_MALFORMED',
      `expected a JSON object behind '${prefixes[kind]}', found ${quote(json)}; make mock tokens with mockCredentials`,
      { message: `Malformed mock token, expected '${prefixes[kind]}' and a JSON object` },
    );
  }
  return claims as Record<string, unknown>;
}

function optionalText(kind: MockTokenKind, name: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw invalidClaim(
    `Invalid mock token, expected '${name}' behind '${prefixes[kind]}' to be a text that is not empty`,
    value,
  );
}

function optionalTime(value: unknown): number | undefined {
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw invalidClaim("Invalid mock token, expected 'exp' to be a number of seconds", value);
}

function optionalActor(actor: unknown): { subject: string } | undefined {
  if (actor === undefined) return undefined;
  const { subject } = Object(actor) as { subject?: unknown };
  if (typeof subject === 'string' && subject !== '') return { subject };
  throw invalidClaim("Invalid mock token, expected 'actor' to be an object with a subject", actor);
}

function optionalRestrictions(value: unknown): MockTokenClaims['restrictions'] {
  if (value === undefined) return undefined;
  const restrictions = readRestrictions(value);
  if (restrictions) return restrictions;
  throw invalidClaim(
    "Invalid mock token, expected 'restrictions' to be access restrictions by plugin id",
    value,
  );
}

function requireUserEntityRef(ref: string | undefined): void {
  if (ref !== undefined && !isUserEntityRef(ref))
    throw invalidClaim(userEntityRefMessage(ref), ref);
}

function invalidClaim(message: string, found: unknown): Error {
  return createAuthError(
    'AUTH_CLAIM_INVALID',
    `a claim of the mock token is ${quote(found)}; make mock tokens with mockCredentials`,
    { message },
  );
}
