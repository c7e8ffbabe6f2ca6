import assert from 'node:assert/strict';
import { type AuthService, type BackstageCredentials, isPrincipal } from '@stagepass/auth-node';
import type { SubjectClock } from './HttpAuthServiceSubject';

/**
 * One backend with its plugins, and those who call them: what the suites for auth services are run on.
 *
 * @public
 */
export interface AuthServiceSubject {
  /** Returns the auth service of a plugin of the backend, always the same for the same id. */
  plugin(pluginId: string): Promise<AuthService>;
  /** Returns that of a plugin of a backend that has the default auth policy disabled. */
  openPlugin(pluginId: string): Promise<AuthService>;
  /** Returns the token of a user who signed in. */
  userToken(userEntityRef: string): Promise<string>;
  /** Returns a token of an external service that may call the plugin `catalog` alone, and there read. */
  restrictedToken(): Promise<string>;
  /** Returns tokens that look right and are not, such as forged ones, by what is wrong with them. */
  wrongTokens(): Promise<Record<string, string>>;
}

/**
 * A backend whose time a test can move.
 *
 * @public
 */
export interface TimedAuthServiceSubject extends AuthServiceSubject {
  /** The clock that the whole backend goes by, and those who sign users in. */
  readonly clock: SubjectClock;
}

/**
 * A backend with a caller whose access restrictions name two plugins.
 *
 * @public
 */
export interface DelegationSubject extends AuthServiceSubject {
  /**
   * Returns a token of an external service that may call the plugin `catalog`, where it may read, and the
   * plugin `search`, where it may use the permission `search.query`.
   */
  delegableToken(): Promise<string>;
}

/** Issues a token for one call. */
export async function tokenFor(
  auth: AuthService,
  onBehalfOf: BackstageCredentials,
  targetPluginId: string,
): Promise<string> {
  return (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId })).token;
}

/** Returns whom the credentials of a user name. */
export function userOf(credentials: BackstageCredentials): string {
  assert.ok(isPrincipal(credentials, 'user'), `expected a user, found ${String(credentials)}`);
  return credentials.principal.userEntityRef;
}
