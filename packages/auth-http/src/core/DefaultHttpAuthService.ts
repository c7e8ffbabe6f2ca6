import {
  type AuthError,
  type AuthRequest,
  type AuthResponse,
  type AuthService,
  type BackstageCredentials,
  type BackstagePrincipalTypes,
  type BackstageUserPrincipal,
  type Clock,
  type DiscoveryService,
  type HttpAuthService,
  isAuthError,
  isPrincipal,
  requirePrincipal,
} from '@stagepass/auth-node';
import {
  atOnce,
  type AuthRecorder,
  createAuthError,
  declareAtOnce,
  isPending,
  quote,
} from '@stagepass/auth-node/internal';
import { attachCookies } from './attachedCookies';
import {
  areUseless,
  type CookieVerifier,
  decideCookies,
  lastToExpire,
  tryCookies,
} from './cookieCredentials';
import { cookieValues } from './cookieHeader';
import { canChangeSomething, comesFromTrustedOrigin, originOf } from './cookieOrigin';
import { RequestRecord } from './RequestRecord';
import { appendCookies, preventCaching } from './responseHeaders';
import type { UserCookie } from './userCookie';
import { VerificationOptions } from './VerificationOptions';

type OrPromise<TValue> = TValue | Promise<TValue>;

/** A cookie good for less is replaced. */
const renewalMilliseconds = 5 * 60 * 1000;

interface Options {
  readonly auth: AuthService;
  readonly discovery: DiscoveryService;
  readonly pluginId: string;
  readonly cookie: UserCookie;
  readonly corsOrigins: readonly string[];
  readonly clock: Clock;
  readonly recorder: AuthRecorder;
  readonly readToken: (request: AuthRequest) => string | undefined;
}

/** {@link HttpAuthService} on top of an {@link AuthService}: it knows requests, not tokens. */
export class DefaultHttpAuthService implements HttpAuthService {
  readonly #options: Options;
  // By request object, so that a request that passes through two plugins is decided by each of them.
  readonly #records = new WeakMap<AuthRequest, RequestRecord>();

  constructor(options: Options) {
    this.#options = options;
  }

  async credentials<TAllowed extends keyof BackstagePrincipalTypes = 'unknown'>(
    req: AuthRequest,
    options?: { allow?: Array<TAllowed>; allowLimitedAccess?: boolean },
  ): Promise<BackstageCredentials<BackstagePrincipalTypes[TAllowed]>> {
    return this.#credentials(req, options);
  }

  #credentials<TAllowed extends keyof BackstagePrincipalTypes = 'unknown'>(
    req: AuthRequest,
    options?: { allow?: Array<TAllowed>; allowLimitedAccess?: boolean },
  ): OrPromise<BackstageCredentials<BackstagePrincipalTypes[TAllowed]>> {
    const credentials = this.#remember(req, options);
    if (!isPending(credentials)) return this.#require(credentials, req, options?.allow);
    return credentials.then(
      proved => this.#require(proved, req, options?.allow),
      error => {
        throw this.#refused(error, req);
      },
    );
  }

  #require<TAllowed extends keyof BackstagePrincipalTypes>(
    credentials: BackstageCredentials,
    req: AuthRequest,
    allow: TAllowed[] | undefined,
  ): BackstageCredentials<BackstagePrincipalTypes[TAllowed]> {
    try {
      return requirePrincipal(credentials, allow);
    } catch (error) {
      throw this.#refused(error, req);
    }
  }

  async issueUserCookie(
    res: AuthResponse,
    options?: { credentials?: BackstageCredentials },
  ): Promise<{ expiresAt: Date }> {
    try {
      return await this.#issueUserCookie(res, options);
    } catch (error) {
      throw this.#refused(error, res.req);
    }
  }

  recordRefusal(error: unknown, req: AuthRequest): unknown {
    return this.#refused(error, req);
  }

  close(): void {
    this.#options.recorder.close();
  }

  async #issueUserCookie(
    res: AuthResponse,
    options?: { credentials?: BackstageCredentials },
  ): Promise<{ expiresAt: Date }> {
    if (res.headersSent) {
      throw new Error('Failed to issue user cookie, headers were already sent');
    }
    const { auth, clock, cookie, recorder } = this.#options;
    const credentials = options?.credentials ?? (await this.#requireUser(res.req));
    const externalBaseUrl = await this.#externalBaseUrl();
    preventCaching(res);

    if (isPrincipal(credentials, 'none')) {
      appendCookies(res, cookie.clear(externalBaseUrl));
      return { expiresAt: new Date(clock.now()) };
    }
    if (!isPrincipal(credentials, 'user')) {
      throw createAuthError(
        'AUTH_CLAIM_INVALID',
        `the auth cookie is for users; expected credentials of a user, or none to clear it, found ${quote(String(credentials.principal))}`,
        { message: 'Refused to issue cookie for non-user principal' },
      );
    }
    const { userEntityRef } = credentials.principal;
    const values = res.req ? cookieValues(res.req, cookie.name) : [];
    const { proved, untried } = await tryCookies(this.#verifier(res.req), values);
    const own = proved.filter(({ principal }) => principal.userEntityRef === userEntityRef);
    const hasForeign = own.length < proved.length || untried > 0;
    const present = lastToExpire(own)?.expiresAt;
    if (!hasForeign && present && present.getTime() > clock.now() + renewalMilliseconds) {
      return { expiresAt: present };
    }
    const { token, expiresAt } = await auth.getLimitedUserToken(credentials);
    const problem = cookie.problemOf(token);
    if (problem !== undefined) {
      recorder.failed(
        'cookie',
        `Failed to issue user cookie to ${quote(userEntityRef)}, ${problem}`,
      );
    }
    const line = cookie.set(externalBaseUrl, token, expiresAt, clock.now());
    // Someone else's cookie may stand beside ours, where it has the other form, and would make every later
    // request ambiguous. It is cleared first: some cookie jars do not tell the two forms apart.
    const clearing = hasForeign ? cookie.clearOtherForms(externalBaseUrl) : [];
    appendCookies(res, [...clearing, line]);
    recorder.cookieIssued(credentials.principal, expiresAt);
    return { expiresAt };
  }

  #remember(
    req: AuthRequest,
    options: { allowLimitedAccess?: boolean } = {},
  ): OrPromise<BackstageCredentials> {
    const record = this.#recordOf(req);
    if (options.allowLimitedAccess)
      return (record.limited ??= this.#authenticate(req, record, true));
    return (record.full ??= this.#authenticate(req, record, false));
  }

  /** Hands on what the auth service answers, since a promise of its own would cost each request three more turns. */
  #authenticate(
    req: AuthRequest,
    { name }: RequestRecord,
    limited: boolean,
  ): OrPromise<BackstageCredentials> {
    const { auth, readToken } = this.#options;
    try {
      const token = readToken(req);
      if (token === undefined) {
        return limited
          ? this.#authenticateByCookie(req)
          : Promise.resolve(auth.getNoneCredentials());
      }
      const authenticate = atOnce(auth.authenticate);
      // What is declared for a method belongs to ours, which reads the options and copies none.
      const full = authenticate === auth.authenticate ? new VerificationOptions(name) : name;
      const options = limited ? VerificationOptions.withLimitedAccess(name) : full;
      const answer = authenticate.call(auth, token, options);
      // What another service returns may ask anew each time that somebody waits for it.
      return isPending(answer) ? Promise.resolve(answer) : answer;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #authenticateByCookie(req: AuthRequest): Promise<BackstageCredentials> {
    const { auth, cookie } = this.#options;
    const verifier = this.#verifier(req);
    const values = cookieValues(req, cookie.name);
    if (values.length > 0 && canChangeSomething(req)) await this.#requireTrustedOrigin(req);
    const trial = await tryCookies(verifier, values);
    if (areUseless(trial)) {
      throw attachCookies(this.#refused(trial.failures[0], req), await this.#clearingLines());
    }
    return decideCookies(trial) ?? auth.getNoneCredentials();
  }

  /** The lines that drop the auth cookie; none where it cannot be told how: the refusal goes out without. */
  async #clearingLines(): Promise<string[]> {
    return this.#externalBaseUrl().then(this.#options.cookie.clear, () => []);
  }

  /** What verifies the tokens of a request where limited access is allowed. */
  #verifier(req: AuthRequest | undefined): CookieVerifier {
    const { auth } = this.#options;
    const options = req && VerificationOptions.withLimitedAccess(this.#recordOf(req).name);
    return {
      authenticate: token => auth.authenticate(token, options),
      getLimitedUserToken: credentials => auth.getLimitedUserToken(credentials),
    };
  }

  async #requireTrustedOrigin(req: AuthRequest): Promise<void> {
    const { origin } = await this.#externalBaseUrl();
    if (comesFromTrustedOrigin(req, [origin, ...this.#options.corsOrigins])) return;
    throw createAuthError(
      'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
      'the auth cookie came with a request that can change something, and from elsewhere; expected ' +
        `the origin ${quote(origin)}, one that backend.cors.origin names, or a bearer token, found ${originOf(req)}`,
    );
  }

  async #requireUser(
    req: AuthRequest | undefined,
  ): Promise<BackstageCredentials<BackstageUserPrincipal>> {
    if (!req) {
      throw createAuthError(
        'AUTH_CREDENTIALS_MISSING',
        'the response has no `req` to take the credentials from; pass `credentials`',
      );
    }
    return this.credentials(req, { allow: ['user'] });
  }

  async #externalBaseUrl(): Promise<URL> {
    const { discovery, pluginId } = this.#options;
    return new URL(await discovery.getExternalBaseUrl(pluginId));
  }

  #recordOf(req: AuthRequest): RequestRecord {
    let record = this.#records.get(req);
    if (!record) {
      record = new RequestRecord(req);
      this.#records.set(req, record);
    }
    return record;
  }

  /** Records a refusal, unless it is recorded already: by the auth service, or when it was made before. */
  #refused(error: unknown, req: AuthRequest | undefined): unknown {
    if (!isAuthError(error) || error.correlationId !== undefined) return error;
    const { recorder } = this.#options;
    if (!req) return recorder.refused(error);
    const { code, reason } = error;
    const record = this.#recordOf(req);
    const same = record.refusals.find(other => other.code === code && other.reason === reason);
    if (same) return same;
    const refusal = recorder.refused(error, { correlationId: record.name.correlationId });
    record.refusals = [...record.refusals, refusal as AuthError];
    return refusal;
  }

  static {
    declareAtOnce(this.prototype.credentials, function (this: DefaultHttpAuthService, ...asked) {
      return this.#credentials(...asked);
    });
  }
}
