import {
  type AuthRequest,
  type AuthResponse,
  type BackstageCredentials,
  type BackstagePrincipalTypes,
  type BackstageUserPrincipal,
  type Clock,
  type HttpAuthService,
  isPrincipal,
  requirePrincipal,
} from '@stagepass/auth-node';
import { createAuthError, quote, systemClock } from '@stagepass/auth-node/internal';
import { MockAuthService } from './MockAuthService';
import { mockCredentials } from './mockCredentials';
import { AUTH_COOKIE, mockTokenKind, NONE_TOKEN } from './mockTokens';
import { authCookies, bearerToken } from './requestTokens';

/** Options of the mock request service, see `mockServices.httpAuth`. */
export interface MockHttpAuthOptions {
  pluginId?: string;
  defaultCredentials?: BackstageCredentials;
  clock?: Clock;
}

/** A request service that reads mock tokens; a request without credentials has the default ones. */
export class MockHttpAuthService implements HttpAuthService {
  readonly #auth: MockAuthService;
  readonly #defaultCredentials: BackstageCredentials;
  readonly #clock: Clock;
  readonly #full = new WeakMap<AuthRequest, Promise<BackstageCredentials>>();
  readonly #limited = new WeakMap<AuthRequest, Promise<BackstageCredentials>>();

  constructor(options: MockHttpAuthOptions = {}) {
    const { pluginId, defaultCredentials, clock = systemClock } = options;
    this.#auth = new MockAuthService({ pluginId, clock });
    this.#defaultCredentials = defaultCredentials ?? mockCredentials.user();
    this.#clock = clock;
  }

  async credentials<TAllowed extends keyof BackstagePrincipalTypes = 'unknown'>(
    req: AuthRequest,
    options?: { allow?: Array<TAllowed>; allowLimitedAccess?: boolean },
  ): Promise<BackstageCredentials<BackstagePrincipalTypes[TAllowed]>> {
    const limited = options?.allowLimitedAccess === true;
    const remembered = limited ? this.#limited : this.#full;
    let credentials = remembered.get(req);
    if (!credentials) {
      credentials = this.#authenticate(req, limited);
      remembered.set(req, credentials);
    }
    return requirePrincipal(await credentials, options?.allow);
  }

  async issueUserCookie(
    res: AuthResponse,
    options?: { credentials?: BackstageCredentials },
  ): Promise<{ expiresAt: Date }> {
    if (res.headersSent) {
      throw new Error('Failed to issue user cookie, headers were already sent');
    }
    const credentials = options?.credentials ?? (await this.#caller(res));
    if (isPrincipal(credentials, 'none')) {
      const expires = `Expires=${new Date(0).toUTCString()}`;
      res.setHeader('Set-Cookie', `${AUTH_COOKIE}=; Path=/; ${expires}`);
      return { expiresAt: new Date(this.#clock.now()) };
    }
    if (!isPrincipal(credentials, 'user')) {
      throw createAuthError(
        'AUTH_CLAIM_INVALID',
        `expected the credentials of a user, or none to clear the cookie, found ${quote(String(credentials))}`,
        { message: 'Refused to issue cookie for non-user principal' },
      );
    }
    const { token, expiresAt } = await this.#auth.getLimitedUserToken(credentials);
    res.setHeader('Set-Cookie', `${AUTH_COOKIE}=${token}`);
    return { expiresAt };
  }

  async #caller(res: AuthResponse): Promise<BackstageCredentials<BackstageUserPrincipal>> {
    if (res.req) return this.credentials(res.req, { allow: ['user'] });
    throw createAuthError(
      'AUTH_CREDENTIALS_MISSING',
      'the response has no req to take the credentials from; pass credentials',
    );
  }

  async #authenticate(
    req: AuthRequest,
    allowLimitedAccess: boolean,
  ): Promise<BackstageCredentials> {
    const token = bearerToken(req);
    if (token === NONE_TOKEN) return this.#auth.getNoneCredentials();
    if (token !== undefined) return this.#auth.authenticate(token, { allowLimitedAccess });
    const cookies = allowLimitedAccess ? authCookies(req) : [];
    return cookies.length > 0 ? this.#authenticateCookies(cookies) : this.#defaultCredentials;
  }

  /** As the real service: junk beside a good cookie is passed over, cookies of two users are refused. */
  async #authenticateCookies(cookies: string[]): Promise<BackstageCredentials> {
    const users = new Map<string, BackstageCredentials>();
    let refusal: unknown;
    for (const cookie of cookies) {
      try {
        const credentials = await this.#authenticateCookie(cookie);
        users.set(credentials.principal.userEntityRef, credentials);
      } catch (error) {
        refusal ??= error;
      }
    }
    const [credentials] = users.values();
    if (!credentials) throw refusal;
    if (users.size > 1) {
      throw createAuthError(
        'AUTH_REQUEST_AMBIGUOUS',
        'the request has auth cookies of different users',
      );
    }
    return credentials;
  }

  async #authenticateCookie(cookie: string): Promise<BackstageCredentials<BackstageUserPrincipal>> {
    const credentials = await this.#auth.authenticate(cookie, { allowLimitedAccess: true });
    if (mockTokenKind(cookie) === 'limitedUser' && isPrincipal(credentials, 'user')) {
      return credentials;
    }
    throw createAuthError(
      'AUTH_TOKEN_TYPE_UNKNOWN',
      'the auth cookie holds a token of another kind; make it with mockCredentials.limitedUser.cookie()',
    );
  }
}
