import type { AuthRequest, AuthService, HttpAuthService } from '@stagepass/auth-node';

/**
 * A clock that a test moves: a `TestClock` is one.
 *
 * @public
 */
export interface SubjectClock {
  /** The time, in milliseconds since the epoch. */
  now(): number;
  /** Moves it forward. */
  advance(milliseconds: number): void;
}

/**
 * The request service of a plugin, and what those who call it send: what the suites for request services are
 * run on.
 *
 * @public
 */
export interface HttpAuthServiceSubject {
  /** The service; to it a request without credentials is one of nobody. */
  readonly httpAuth: HttpAuthService;
  /** The auth service of the same plugin. */
  readonly auth: AuthService;
  /** The clock that both go by. */
  readonly clock: SubjectClock;
  /** Returns the token of a user who signed in. */
  userToken(userEntityRef: string): Promise<string>;
  /** Returns the limited form of that very token: for one user always the same. */
  limitedUserToken(userEntityRef: string): Promise<string>;
  /** Returns a token of a service. */
  serviceToken(): Promise<string>;
}

export const JANE = 'user:default/jane';
export const JOHN = 'user:default/john';

/** A request with this `Authorization` header. */
export function withBearer(authorization: string): AuthRequest {
  return { headers: { authorization }, method: 'GET' };
}

/** A request with this `Cookie` header. */
export function withCookie(cookie: string): AuthRequest {
  return { headers: { cookie }, method: 'GET' };
}

/** A request of nobody. */
export function anonymous(): AuthRequest {
  return { headers: {}, method: 'GET' };
}

/** The pair by which browsers send the auth cookie. */
export function cookieOf(token: string): string {
  return `backstage-auth=${token}`;
}
