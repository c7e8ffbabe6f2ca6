import type {
  AuthPolicy,
  AuthResponse,
  BackstageCredentials,
  BackstagePrincipalTypes,
} from '@stagepass/auth-node';
import {
  type Answer,
  answerError,
  createPluginGate,
  pathBelow,
  type PluginGateOptions,
  writeHeaders,
} from '../index';

/**
 * What stands before the handlers of a plugin that speaks Fetch.
 *
 * @public
 */
export interface FetchAuth {
  /**
   * Answers the key set, the cookie routes and every request that needs credentials and has none that are
   * good; call it before anything else.
   *
   * @returns the answer, undefined if the request is yours to handle
   * @throws whatever is neither a refusal nor an answer: the request has not passed, and is for you to answer
   *   with 500
   */
  handle(request: Request): Promise<Response | undefined>;
  /** Returns the credentials of the caller, see `HttpAuthService.credentials`. */
  credentials<TAllowed extends keyof BackstagePrincipalTypes = 'unknown'>(
    request: Request,
    options?: { allow?: Array<TAllowed>; allowLimitedAccess?: boolean },
  ): Promise<BackstageCredentials<BackstagePrincipalTypes[TAllowed]>>;
  /**
   * Sets the auth cookie on a response, see `HttpAuthService.issueUserCookie`.
   *
   * @param request - names the caller, unless `credentials` are given
   * @param response - gets the cookie; its headers must not be immutable, as those of `fetch` are
   * @returns when the cookie expires
   */
  issueUserCookie(
    request: Request,
    response: Response,
    options?: { credentials?: BackstageCredentials },
  ): Promise<{ expiresAt: Date }>;
  /**
   * Returns the answer to an error that a handler threw, if it is one of this product or of
   * `@backstage/errors`: status, `WWW-Authenticate` (RFC 6750 section 3) or `Retry-After`, and Backstage's
   * error body; see {@link answerError}. Undefined for any other.
   */
  errorResponse(error: unknown, request: Request): Response | undefined;
  /** Opens a path, before or after the first request; see {@link CredentialsBarrier.addAuthPolicy}. */
  addAuthPolicy(policy: AuthPolicy): void;
}

/**
 * Makes what stands before the handlers of a plugin that takes a Fetch `Request` and returns a `Response`: on
 * Hono, Next, Bun, Deno.
 *
 * The URL of a `Request` is no longer the one that came over the wire: the platform has resolved dot segments
 * (also encoded ones) and turned backslashes into slashes. `/public/../private` is decided as `/private`, which
 * is what the router sees too. Where a framework changes the URL after that, hand it the request that the
 * router gets. A URL that is not in its normal form needs credentials.
 *
 * @param options - see {@link PluginGateOptions}; without `basePath` the plugin has the host for itself
 * @throws Error `AUTH_CONFIG_INVALID` when an option or the configuration cannot be used
 * @public
 */
export function createFetchAuth(options: PluginGateOptions): FetchAuth {
  const gate = createPluginGate(options);

  function errorResponse(error: unknown, request: Request, headers = new Headers()) {
    const url = normalPath(request) || request.url;
    const answer = answerError(error, { method: request.method, url });
    return answer && createResponse(request, answer, headers);
  }

  return {
    async handle(request) {
      const headers = new Headers();
      try {
        const answer = await gate.handle(
          request,
          responseOver(headers, request),
          normalPath(request),
        );
        return answer && createResponse(request, answer, headers);
      } catch (error) {
        const response = errorResponse(error, request, headers);
        if (response) return response;
        throw error;
      }
    },
    credentials: (request, limits) => options.httpAuth.credentials(request, limits),
    issueUserCookie: (request, response, whose) =>
      options.httpAuth.issueUserCookie(responseOver(response.headers, request), whose),
    errorResponse: (error, request) => errorResponse(error, request),
    addAuthPolicy: policy => gate.addAuthPolicy(policy),
  };
}

/** Routers cut the path out of the text of the URL; empty unless that is what it means. */
function normalPath({ url }: Request): string {
  const path = pathBelow(url);
  return URL.canParse(url) && new URL(url).pathname === path ? path : '';
}

function responseOver(headers: Headers, req: Request): AuthResponse {
  return {
    req,
    headersSent: false,
    getHeader: name =>
      name.toLowerCase() === 'set-cookie'
        ? headers.getSetCookie()
        : (headers.get(name) ?? undefined),
    setHeader(name, value) {
      headers.delete(name);
      for (const line of [value].flat()) headers.append(name, line);
    },
  };
}

function createResponse(request: Request, answer: Answer, headers: Headers): Response {
  const { status, body } = answer;
  writeHeaders(responseOver(headers, request), answer);
  if (body === undefined) return new Response(null, { status, headers });
  headers.set('Content-Type', 'application/json; charset=utf-8');
  return new Response(request.method === 'HEAD' ? null : JSON.stringify(body), { status, headers });
}
