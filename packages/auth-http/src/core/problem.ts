import type { JsonObject } from '@backstage/types';
import { type AuthErrorCode, type AuthResponse, isAuthError } from '@stagepass/auth-node';
import { attachedCookies } from './attachedCookies';
import { appendCookies, preventCaching } from './responseHeaders';

/**
 * What to send back, for an adapter to write with the means of its framework.
 *
 * @public
 */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** `Set-Cookie` lines, beside those that the response has; the answer must not be stored then. */
  cookies?: readonly string[];
  /** Sent as JSON; absent: no body. */
  body?: JsonObject;
}

interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 503;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Bearer challenges (RFC 6750 section 3); a scheme without a parameter is not allowed there, hence the realm. */
function challenge(error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope') {
  const scheme = 'Bearer realm="backend"';
  return { 'WWW-Authenticate': error ? `${scheme}, error="${error}"` : scheme };
}

const missing: Problem = { status: 401, headers: challenge() };
const invalidRequest: Problem = { status: 401, headers: challenge('invalid_request') };
/** One answer for all invalid tokens: trying tells nothing about what is wrong with a token. */
const invalidToken: Problem = { status: 401, headers: challenge('invalid_token') };
const insufficient: Problem = { status: 403, headers: challenge('insufficient_scope') };
/** Ten seconds: a verifier may ask for the keys of an issuer again by then. */
const unavailable: Problem = { status: 503, headers: { 'Retry-After': '10' } };

/** The one place that knows HTTP statuses: a code without an entry does not compile. */
const problemsByCode: Record<AuthErrorCode, Problem | undefined> = {
  AUTH_CREDENTIALS_MISSING: missing,
  AUTH_REQUEST_AMBIGUOUS: invalidRequest,
  AUTH_TOKEN_MALFORMED: invalidToken,
  AUTH_TOKEN_TYPE_UNKNOWN: invalidToken,
  AUTH_TOKEN_EXPIRED: invalidToken,
  AUTH_TOKEN_NOT_YET_VALID: invalidToken,
  AUTH_SIGNATURE_INVALID: invalidToken,
  AUTH_ALGORITHM_NOT_ALLOWED: invalidToken,
  AUTH_AUDIENCE_MISMATCH: invalidToken,
  AUTH_ISSUER_MISMATCH: invalidToken,
  AUTH_CLAIM_INVALID: invalidToken,
  AUTH_KEY_UNKNOWN: invalidToken,
  AUTH_LIMITED_TOKEN_NOT_ALLOWED: invalidToken,
  AUTH_KEYS_UNAVAILABLE: unavailable,
  AUTH_PRINCIPAL_NOT_ALLOWED: insufficient,
  AUTH_ACCESS_RESTRICTED: insufficient,
  AUTH_DELEGATION_NOT_ALLOWED: insufficient,
  AUTH_CONFIG_INVALID: undefined, // A fault of the backend, not an answer to a caller.
};

/** Errors of `@backstage/errors` that others throw; they say less, so the challenge does too. */
const problemsByName: Readonly<Record<string, Problem>> = {
  InputError: { status: 400 },
  AuthenticationError: missing,
  NotAllowedError: { status: 403 },
  NotFoundError: { status: 404 },
  ServiceUnavailableError: unavailable,
};

/**
 * Sets the headers of an answer on a response, its cookies beside those that are there.
 *
 * @param response - the response, or what stands for one
 * @param answer - the answer, whose status and body are left to the caller
 * @public
 */
export function writeHeaders(response: AuthResponse, answer: Answer): void {
  const { headers, cookies = [] } = answer;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (cookies.length === 0) return;
  appendCookies(response, cookies);
  preventCaching(response);
}

/**
 * Returns the answer to an error: status, challenge (RFC 6750 section 3) and Backstage's error body with
 * name and message alone; and the lines that drop the auth cookie, where it holds what proves nobody for good and was
 * the cause. Errors of this product are told by their `code`, those of `@backstage/errors`
 * by their `name`.
 *
 * @param error - whatever was thrown
 * @param request - what the body says of the request; the query is left out, since secrets stand there
 * @returns undefined for any other error, which is for someone else to answer
 * @public
 */
export function answerError(
  error: unknown,
  request: { method?: string; url?: string },
): Answer | undefined {
  const problem = findProblem(error);
  if (!problem) return undefined;
  const { name, message } = error as Error;
  const cookies = attachedCookies(error);
  return {
    status: problem.status,
    headers: { ...problem.headers },
    ...(cookies.length > 0 && { cookies }),
    body: {
      error: { name, message: String(message) },
      request: { method: request.method ?? '', url: (request.url ?? '').replace(/[?#].*$/s, '') },
      response: { statusCode: problem.status },
    },
  };
}

function findProblem(error: unknown): Problem | undefined {
  if (isAuthError(error)) return problemsByCode[error.code];
  const name = (error as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' && Object.hasOwn(problemsByName, name)
    ? problemsByName[name]
    : undefined;
}
