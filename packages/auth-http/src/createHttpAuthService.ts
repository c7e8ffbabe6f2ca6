import type { Config } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import type {
  AuthEvent,
  AuthRequest,
  AuthService,
  Clock,
  DiscoveryService,
  HttpAuthService,
  LoggerService,
} from '@stagepass/auth-node';
import {
  AuthRecorder,
  consoleLogger,
  createAuthMetrics,
  systemClock,
} from '@stagepass/auth-node/internal';
import { DefaultHttpAuthService } from './core/DefaultHttpAuthService';
import { extractToken } from './core/extractToken';
import { readHttpConfig } from './core/httpConfig';
import { createUserCookie, type UserCookieOptions } from './core/userCookie';

/**
 * What {@link createHttpAuthService} takes.
 *
 * @public
 */
export interface HttpAuthServiceOptions {
  /** The token service of the same plugin. */
  auth: AuthService;
  /** Gives the external base URL of the plugin, which decides about cookies. */
  discovery: DiscoveryService;
  /** Id of the plugin. */
  pluginId: string;
  /**
   * The whole configuration, of `@backstage/config` or as a plain object. Read are
   * `backend.auth.dangerouslyDisableDefaultAuthPolicy`, where true makes an `Authorization: Bearer` without
   * a token count as no credentials, `backend.cors.origin`, whose exact origins may send the auth cookie with
   * requests that change something, and `backend.auth.cookie`, see {@link UserCookieOptions}.
   */
  config?: Config | JsonObject;
  /** How the auth cookie is named and written, instead of `backend.auth.cookie`. */
  cookie?: UserCookieOptions;
  /**
   * Replaces the reading of the `Authorization` header. An absent or empty `token` means that the request
   * carries none; throw to refuse it.
   */
  getTokenFromRequest?(req: AuthRequest): { token?: string };
  /**
   * Takes what is refused here, before or after there is a token to look at; what the auth service refuses is
   * in its own log already. Default: warnings and errors to standard error.
   */
  logger?: LoggerService;
  /** Called with what is refused here, and with cookies that are set; what it throws is logged. */
  onAuthEvent?: (event: AuthEvent) => void;
  /** For tests; default the machine's time. */
  clock?: Clock;
}

/**
 * A request service that records what is refused to requests, and can be told that no more of them will come.
 *
 * @public
 */
export interface ClosableHttpAuthService extends HttpAuthService {
  /**
   * Records what something else than this service refuses to a request, as what it refuses itself: once, in log,
   * audit hook and metrics, under the correlation id of the request. Other errors are no refusals and left alone.
   *
   * @param error - what was thrown
   * @param req - the request
   * @returns what to throw: the same, with a correlation id
   */
  recordRefusal(error: unknown, req: AuthRequest): unknown;
  /** Tells the log of refusals that were only counted so far. Timers hold no process. */
  close(): void;
}

/**
 * Makes the service that turns the requests of one plugin into verified credentials.
 *
 * Tokens are read from `Authorization: Bearer` (RFC 6750 section 2.1), and where limited access is allowed
 * and no bearer came, a limited user token from the auth cookie. An answer, a refusal too, is remembered
 * for its request object.
 *
 * @param options - see {@link HttpAuthServiceOptions}
 * @throws Error `AUTH_CONFIG_INVALID` when an option or the configuration cannot be used
 * @public
 */
export function createHttpAuthService(options: HttpAuthServiceOptions): ClosableHttpAuthService {
  const { auth, discovery, pluginId, clock = systemClock, logger = consoleLogger } = options;
  const { onAuthEvent } = options;
  const metrics = createAuthMetrics();
  const { defaultPolicyDisabled, corsOrigins, cookie } = readHttpConfig(options.config);
  return new DefaultHttpAuthService({
    auth,
    discovery,
    pluginId,
    clock,
    corsOrigins,
    cookie: options.cookie
      ? createUserCookie(options.cookie)
      : createUserCookie(cookie, 'backend.auth.cookie'),
    recorder: new AuthRecorder({ pluginId, logger, clock, onAuthEvent, metrics }),
    readToken: request =>
      options.getTokenFromRequest
        ? options.getTokenFromRequest(request).token || undefined
        : extractToken(request, { emptyBearerIsNone: defaultPolicyDisabled }),
  });
}
