import { createAuthError, quote } from '@stagepass/auth-node/internal';

// The strings are Backstage's, so that test suites written for its mocks run on ours.

export const NONE_TOKEN = 'mock-none-token';
export const USER_TOKEN = 'mock-user-token';
export const INVALID_USER_TOKEN = 'mock-invalid-user-token';
export const INVALID_LIMITED_USER_TOKEN = 'mock-invalid-limited-user-token';
export const SERVICE_TOKEN = 'mock-service-token';
export const INVALID_SERVICE_TOKEN = 'mock-invalid-service-token';
export const AUTH_COOKIE = 'backstage-auth';

const prefixes = {
  user: 'mock-user-token:',
  limitedUser: 'mock-limited-user-token:',
  service: 'mock-service-token:',
} as const;

/** The kinds of mock tokens that carry claims, as JSON behind their prefix. */
export type MockTokenKind = keyof typeof prefixes;

/** The claims of a mock token, their types checked. */
export interface MockTokenClaims {
  readonly sub?: string;
  /** User tokens: the subject of the service that acts for the user. */
  readonly actor?: { readonly subject: string };
  /** Service tokens: the user on whose behalf the call is made. */
  readonly obo?: string;
  /** Service tokens: the only plugin that accepts the token. */
  readonly target?: string;
}

/** Writes the mock token of the given kind. */
export function formatMockToken(kind: MockTokenKind, claims: MockTokenClaims): string {
  return `${prefixes[kind]}${JSON.stringify(claims)}`;
}

/** Returns the kind of a mock token that carries claims; undefined for any other string. */
export function mockTokenKind(token: string): MockTokenKind | undefined {
  const kinds = Object.keys(prefixes) as MockTokenKind[];
  return kinds.find(kind => token.startsWith(prefixes[kind]));
}

/**
 * Reads the claims of a mock token.
 *
 * @throws AuthenticationError `AUTH_TOKEN_MALFORMED` when they are no JSON object, `AUTH_CLAIM_INVALID` when
 *   one has another type than it should
 */
export function parseMockToken(kind: MockTokenKind, token: string): MockTokenClaims {
  const claims = parseObject(kind, token.slice(prefixes[kind].length));
  const sub = optionalText(kind, 'sub', claims.sub);
  if (kind !== 'service') {
    requireUserEntityRef(sub);
    return kind === 'user' ? { sub, actor: optionalActor(claims.actor) } : { sub };
  }
  const obo = optionalText(kind, 'obo', claims.obo);
  requireUserEntityRef(obo);
  return { sub, obo, target: optionalText(kind, 'target', claims.target) };
}

/** Tells whether a text looks like `kind:namespace/name`. */
export function isUserEntityRef(ref: unknown): ref is string {
  return typeof ref === 'string' && /^.+:.+\/.+$/.test(ref);
}

/** What is said of a text that is no user entity ref. */
export function userEntityRefMessage(ref: unknown): string {
  return `Invalid user entity reference '${String(ref)}', expected <kind>:<namespace>/<name>`;
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

function optionalActor(actor: unknown): { subject: string } | undefined {
  if (actor === undefined) return undefined;
  const { subject } = Object(actor) as { subject?: unknown };
  if (typeof subject === 'string' && subject !== '') return { subject };
  throw invalidClaim("Invalid mock token, expected 'actor' to be an object with a subject", actor);
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
