import type { BackstageCredentials } from './credentials';
import type { BackstagePrincipalTypes } from './principals';

/**
 * The part of a request that authentication reads: any Node request (Express, Fastify, Koa,
 * `node:http`, a WebSocket upgrade) or a Fetch `Request`.
 *
 * @public
 */
export interface AuthRequest {
  /** Node's header object, with lower-case names, or Fetch `Headers`. */
  readonly headers:
    | { readonly [name: string]: string | string[] | undefined }
    | { get(name: string): string | null };
  /** Node's flat list of names and values as received; shows duplicates that `headers` hides. */
  readonly rawHeaders?: readonly string[];
  /** HTTP method, upper case. */
  readonly method?: string;
}

/**
 * The part of a response that {@link HttpAuthService.issueUserCookie} writes: any Node `ServerResponse`.
 *
 * @public
 */
export interface AuthResponse {
  /** The request that is being answered. */
  readonly req?: AuthRequest;
  readonly headersSent: boolean;
  getHeader(name: string): number | string | string[] | undefined;
  setHeader(name: string, value: string | string[]): unknown;
}

/**
 * Turns requests into credentials, and credentials into the auth cookie, for one plugin.
 *
 * Assignable in both directions to Backstage's interface of the same name.
 *
 * @public
 */
export interface HttpAuthService {
  /**
   * Returns the verified credentials of the caller. Without options a request that carries no
   * credentials yields `none` instead of an error.
   *
   * @param req - the request; the answer is remembered for it
   * @param options - `allow`: the principal types that may pass; `allowLimitedAccess`: accept the auth
   *   cookie and limited user tokens too, default false
   * @throws AuthenticationError when credentials are missing, malformed or prove nothing
   * @throws NotAllowedError `AUTH_PRINCIPAL_NOT_ALLOWED` when the principal is not in `allow`
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when the keys to decide cannot be had now
   */
  credentials<TAllowed extends keyof BackstagePrincipalTypes = 'unknown'>(
    req: AuthRequest,
    options?: { allow?: Array<TAllowed>; allowLimitedAccess?: boolean },
  ): Promise<BackstageCredentials<BackstagePrincipalTypes[TAllowed]>>;

  /**
   * Sets the auth cookie, which holds the limited user token of the caller; `none` credentials clear it.
   * Call it before any header is sent.
   *
   * @param res - the response; its `req` names the caller unless `credentials` are given
   * @param options - `credentials`: whose cookie to set instead of the caller's
   * @returns when the cookie expires
   * @throws AuthenticationError when the credentials are not a user's
   */
  issueUserCookie(
    res: AuthResponse,
    options?: { credentials?: BackstageCredentials },
  ): Promise<{ expiresAt: Date }>;
}
