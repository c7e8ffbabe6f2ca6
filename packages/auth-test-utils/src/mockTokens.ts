import type { BackstagePrincipalAccessRestrictions } from '@stagepass/auth-node';

// The strings are Backstage's, so that test suites written for its mocks run on ours.

export const NONE_TOKEN = 'mock-none-token';
export const USER_TOKEN = 'mock-user-token';
export const INVALID_USER_TOKEN = 'mock-invalid-user-token';
export const INVALID_LIMITED_USER_TOKEN = 'mock-invalid-limited-user-token';
export const SERVICE_TOKEN = 'mock-service-token';
export const INVALID_SERVICE_TOKEN = 'mock-invalid-service-token';
export const AUTH_COOKIE = 'backstage-auth';

export const DEFAULT_USER = 'user:default/mock';
export const DEFAULT_SERVICE = 'external:test-service';

/** What the tokens with claims begin with. */
export const mockTokenPrefixes = {
  user: 'mock-user-token:',
  limitedUser: 'mock-limited-user-token:',
  service: 'mock-service-token:',
} as const;

/** The kinds of mock tokens that carry claims, as JSON behind their prefix. */
export type MockTokenKind = keyof typeof mockTokenPrefixes;

/** The claims of a mock token, their types checked. */
export interface MockTokenClaims {
  readonly sub?: string;
  /** User tokens: the subject of the service that acts for the user. */
  readonly actor?: { readonly subject: string };
  /** Service tokens: the user on whose behalf the call is made. */
  readonly obo?: string;
  /** Service tokens: the only plugin that accepts the token. */
  readonly target?: string;
  /** Service tokens: what the service may do in which plugin; absent means everything. */
  readonly restrictions?: MockRestrictions;
  /** When the token expires, in seconds since the epoch. */
  readonly exp?: number;
}

/** What a service may do, by plugin id; `*` stands for every plugin that is not named. */
export type MockRestrictions = Readonly<Record<string, BackstagePrincipalAccessRestrictions>>;

/** Writes the mock token of the given kind. */
export function formatMockToken(kind: MockTokenKind, claims: MockTokenClaims): string {
  return `${mockTokenPrefixes[kind]}${JSON.stringify(claims)}`;
}

/** Writes a time as the claim `exp`. */
export function expClaim(expiresAt: Date | undefined): number | undefined {
  return expiresAt && Math.floor(expiresAt.getTime() / 1000);
}

/** Returns the kind of a mock token that carries claims; undefined for any other string. */
export function mockTokenKind(token: string): MockTokenKind | undefined {
  const kinds = Object.keys(mockTokenPrefixes) as MockTokenKind[];
  return kinds.find(kind => token.startsWith(mockTokenPrefixes[kind]));
}

/** Tells whether a text looks like `kind:namespace/name`. */
export function isUserEntityRef(ref: unknown): ref is string {
  return typeof ref === 'string' && /^.+:.+\/.+$/.test(ref);
}

/** What is said of a text that is no user entity ref. */
export function userEntityRefMessage(ref: unknown): string {
  return `Invalid user entity reference '${String(ref)}', expected <kind>:<namespace>/<name>`;
}
