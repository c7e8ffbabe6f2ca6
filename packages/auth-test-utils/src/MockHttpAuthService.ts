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
import { MockLifetimes } from './MockLifetimes';
import { AUTH_COOKIE, mockTokenKind, NONE_TOKEN } from './mockTokens';
import { isFromElsewhere } from './requestOrigin';
import { authCookies, bearerToken } from './requestTokens';

/** A cookie good for less is replaced. */
const renewalMilliseconds = 5 * 60 * 1000;

/** Options of the mock request service, see `mockServices.httpAuth`. */
export interface MockHttpAuthOptions {
  pluginId?: string;
  defaultCredentials?: BackstageCredentials;
  disableDefaultAuthPolicy?: boolean;
  corsOrigins?: readonly string[];
  clock?: Clock;
}

/** A request service that reads mock tokens; a request without credentials has the default ones. */
export class MockHttpAuthService implements HttpAuthService {
  readonly #options: MockHttpAuthOptions;
  readonly #auth: MockAuthService;
  readonly #clock: Clock;
  readonly #lifetimes: MockLifetimes;
  readonly #full = new WeakMap<AuthRequest, Promise<BackstageCredentials>>();
  readonly #limited = new WeakMap<AuthRequest, Promise<BackstageCredentials>>();

  constructor(options: MockHttpAuthOptions = {}) {
    const { pluginId, clock } = options;
    this.#options = options;
    this.#auth = new MockAuthService({ pluginId, clock });
    this.#clock = clock ?? systemClock;
    this.#lifetimes = new MockLifetimes(clock);
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
    const present = res.req && (await this.#presentCookie(res.req, credentials));
    if (present) return { expiresAt: present };
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
    const { disableDefaultAuthPolicy: emptyBearerIsNone } = this.#options;
    const token = bearerToken(req, { emptyBearerIsNone });
    if (token === NONE_TOKEN) return this.#auth.getNoneCredentials();
    if (token !== undefined) return this.#auth.authenticate(token, { allowLimitedAccess });
    const cookies = allowLimitedAccess ? authCookies(req) : [];
    if (cookies.length === 0) return this.#defaultCredentials();
    if (isFromElsewhere(req, this.#options.corsOrigins ?? [])) {
      throw createAuthError(
        'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
        'the auth cookie came with a request that can change something, and from elsewhere; send ' +
          '"Sec-Fetch-Site: same-origin" as browsers do, name the origin in corsOrigins, or use a bearer token',
      );
    }
    return this.#authenticateCookies(cookies);
  }

  /** With a clock, who is there by default has just signed in. */
  #defaultCredentials(): BackstageCredentials {
    const expiresAt = this.#lifetimes.endOfIssued();
    return this.#options.defaultCredentials ?? mockCredentials.user(undefined, { expiresAt });
  }

  /** Junk beside a good cookie is passed over, cookies of two users are refused. */
  async #authenticateCookies(cookies: string[]): Promise<BackstageCredentials> {
    const { users, refusal } = await this.#proveCookies(cookies);
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

  /** Tells until when a request has a cookie of this user, and of no other, that need not be replaced. */
  async #presentCookie(
    req: AuthRequest,
    { principal }: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<Date | undefined> {
    const { users } = await this.#proveCookies(authCookies(req));
    const own = users.get(principal.userEntityRef);
    if (!own || users.size > 1) return undefined;
    const { expiresAt } = await this.#auth.getLimitedUserToken(own);
    const isFresh = expiresAt.getTime() > this.#clock.now() + renewalMilliseconds;
    return isFresh ? expiresAt : undefined;
  }

  async #proveCookies(cookies: string[]) {
    const users = new Map<string, BackstageCredentials<BackstageUserPrincipal>>();
    let refusal: unknown;
    for (const cookie of cookies) {
      try {
        const credentials = await this.#authenticateCookie(cookie);
        users.set(credentials.principal.userEntityRef, credentials);
      } catch (error) {
        refusal ??= error;
      }
    }
    return { users, refusal };
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
