import { AuthenticationError, NotAllowedError, ServiceUnavailableError } from '@backstage/errors';

export { AuthenticationError, NotAllowedError, ServiceUnavailableError };

/** The longest reason, in characters; each foreign value in it has at most 200. */
const MAX_REASON = 1_500;

/** By the names that they have for Backstage: a bundler may call them something else. */
const errorClasses = { AuthenticationError, NotAllowedError, ServiceUnavailableError };

/**
 * What each code means: the error class, which Backstage code tells apart by `name`, and the one
 * sentence that the caller may read. All invalid tokens read the same, so that a caller cannot find
 * out by trying what is wrong with a token; the `reason` says it, for log and audit.
 */
const rejections = {
  AUTH_CREDENTIALS_MISSING: ['AuthenticationError', 'Missing credentials'],
  AUTH_REQUEST_AMBIGUOUS: ['AuthenticationError', 'Malformed or ambiguous credentials'],
  AUTH_TOKEN_MALFORMED: ['AuthenticationError', 'Illegal token'],
  AUTH_TOKEN_TYPE_UNKNOWN: ['AuthenticationError', 'Illegal token'],
  AUTH_TOKEN_EXPIRED: ['AuthenticationError', 'Illegal token'],
  AUTH_TOKEN_NOT_YET_VALID: ['AuthenticationError', 'Illegal token'],
  AUTH_SIGNATURE_INVALID: ['AuthenticationError', 'Illegal token'],
  AUTH_ALGORITHM_NOT_ALLOWED: ['AuthenticationError', 'Illegal token'],
  AUTH_AUDIENCE_MISMATCH: ['AuthenticationError', 'Illegal token'],
  AUTH_ISSUER_MISMATCH: ['AuthenticationError', 'Illegal token'],
  AUTH_CLAIM_INVALID: ['AuthenticationError', 'Illegal token'],
  AUTH_KEY_UNKNOWN: ['AuthenticationError', 'Illegal token'],
  AUTH_KEYS_UNAVAILABLE: [
    'ServiceUnavailableError',
    'Credentials cannot be verified at the moment',
  ],
  AUTH_LIMITED_TOKEN_NOT_ALLOWED: ['AuthenticationError', 'Illegal limited user token'],
  AUTH_PRINCIPAL_NOT_ALLOWED: ['NotAllowedError', 'This endpoint does not allow these credentials'],
  AUTH_ACCESS_RESTRICTED: ['NotAllowedError', 'Access to this plugin is restricted'],
  AUTH_DELEGATION_NOT_ALLOWED: ['NotAllowedError', 'This call may not be made for its caller'],
  AUTH_CONFIG_INVALID: ['Error', 'Invalid configuration'],
} as const satisfies Record<AuthErrorCode, readonly [keyof typeof errorClasses | 'Error', string]>;

/**
 * Why a call was refused, or a backend did not start: a closed set. `AUTH_KEYS_UNAVAILABLE` is answered
 * with 503, `AUTH_PRINCIPAL_NOT_ALLOWED`, `AUTH_ACCESS_RESTRICTED` and `AUTH_DELEGATION_NOT_ALLOWED`
 * with 403, `AUTH_CONFIG_INVALID` happens at start, and all others are answered with 401.
 *
 * @public
 */
export type AuthErrorCode =
  | 'AUTH_CREDENTIALS_MISSING'
  | 'AUTH_REQUEST_AMBIGUOUS'
  | 'AUTH_TOKEN_MALFORMED'
  | 'AUTH_TOKEN_TYPE_UNKNOWN'
  | 'AUTH_TOKEN_EXPIRED'
  | 'AUTH_TOKEN_NOT_YET_VALID'
  | 'AUTH_SIGNATURE_INVALID'
  | 'AUTH_ALGORITHM_NOT_ALLOWED'
  | 'AUTH_AUDIENCE_MISMATCH'
  | 'AUTH_ISSUER_MISMATCH'
  | 'AUTH_CLAIM_INVALID'
  | 'AUTH_KEY_UNKNOWN'
  | 'AUTH_KEYS_UNAVAILABLE'
  | 'AUTH_LIMITED_TOKEN_NOT_ALLOWED'
  | 'AUTH_PRINCIPAL_NOT_ALLOWED'
  | 'AUTH_ACCESS_RESTRICTED'
  | 'AUTH_DELEGATION_NOT_ALLOWED'
  | 'AUTH_CONFIG_INVALID';

/**
 * An error with the code of a refusal, and its full reason.
 *
 * @public
 */
export type AuthError = Error & {
  readonly code: AuthErrorCode;
  /**
   * What was expected, what was found and what to do; for log and audit, not for the caller. Not
   * enumerable. Never holds a token or a secret, and of the caller's claims only what tells who signed for
   * whom and when.
   */
  readonly reason: string;
  /**
   * What the line in the log and the event of this refusal have too, once it is recorded. Not enumerable,
   * and not for the caller.
   */
  readonly correlationId?: string;
};

/**
 * Tells whether a value is an error of this product, by its `code`: copies of the packages, ESM beside
 * CommonJS, recognise each other's errors, which `instanceof` does not.
 *
 * @param error - whatever was caught
 * @public
 */
export function isAuthError(error: unknown): error is AuthError {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof message === 'string' && typeof code === 'string' && Object.hasOwn(rejections, code);
}

/**
 * Makes the error of a refusal.
 *
 * @param code - why
 * @param reason - the full story for log and audit; foreign values in it go through `quote`
 * @param options - `message`: what the caller reads instead of the sentence of the code, where Backstage
 *   has a sentence of its own; `cause`: the error that led here, for log and audit alone
 */
export function createAuthError(
  code: AuthErrorCode,
  reason: string,
  options?: { message?: string; cause?: unknown },
): AuthError {
  const [name, sentence] = rejections[code];
  const isConfiguration = name === 'Error';
  const message = options?.message ?? (isConfiguration ? reason : sentence);
  const error = isConfiguration ? new Error(message) : createRefusal(name, message);
  Object.defineProperty(error, 'code', { value: code, enumerable: true });
  // What is wrong with a configuration is told once, at start, to who wrote it: in full.
  const told = isConfiguration
    ? { value: reason }
    : // Most refusals are merely counted, and nobody reads why.
      { get: () => printable(reason, MAX_REASON) };
  Object.defineProperty(error, 'reason', told);
  Object.defineProperty(error, 'toJSON', { value: toAnswer });
  const cause = options?.cause;
  if (cause !== undefined) Object.defineProperty(error, 'cause', { value: cause });
  return error as AuthError;
}

/**
 * Backstage's error middleware sends every own property that it can serialise, the cause too. With this as `toJSON`,
 * and nothing enumerable but name and code, its answer stays at name and message.
 */
function toAnswer(this: Error) {
  return { name: this.name, message: this.message };
}

/**
 * Makes an error of a class without running its constructor, and without looking where it is made: what is wrong
 * with a token stands in the reason, and to walk the stack takes longer than all the rest of a refusal, as often as
 * anybody likes.
 */
function createRefusal(name: keyof typeof errorClasses, message: string): Error {
  const { stackTraceLimit } = Error;
  // No assignments: they throw where the process has frozen what is everybody's.
  const isSet = Reflect.set(Error, 'stackTraceLimit', 0);
  const error = Reflect.construct(Error, [message], errorClasses[name]) as Error;
  if (isSet) Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  return Object.defineProperty(error, 'name', {
    value: name,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/**
 * Gives a refusal its correlation id. One that has an id already was recorded before, for another call that
 * waited for the same answer, and is left to that one: the result is then a copy.
 */
export function withCorrelationId(error: AuthError, correlationId: string): AuthError {
  const isOwn = (error as { toJSON?: unknown }).toJSON === toAnswer;
  const refusal = isOwn && error.correlationId === undefined ? error : copyAuthError(error);
  return Object.defineProperty(refusal, 'correlationId', { value: correlationId });
}

/** Copies what is an error of ours by its code, whoever made it. */
function copyAuthError({ code, reason, message, cause }: AuthError): AuthError {
  // Who gives no reason does not know what may be said either.
  return typeof (reason as unknown) === 'string'
    ? createAuthError(code, reason, { message, cause })
    : createAuthError(code, 'no reason was given');
}

/**
 * Writes a foreign value into a reason: as JSON in printable ASCII on one line, at most 200 characters,
 * so that a caller can neither forge log lines nor flood the log.
 */
export function quote(value: unknown): string {
  return printable(writeJson(typeof value === 'string' ? value.slice(0, 200) : value), 200);
}

/** Says of a foreign value what it is, and how long, where the value itself is nobody's business. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === null) return 'null';
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Writes a text in printable ASCII on one line, and cuts it off when it is too long. */
export function printable(text: string, maxLength: number): string {
  if (text.length <= maxLength && isPrintable(text)) return text;
  // Escaping makes nothing shorter, so that the rest need not be looked at.
  const escaped = text
    .slice(0, maxLength + 1)
    .replace(
      /[^\x20-\x7e]/g,
      character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return escaped.length <= maxLength ? escaped : `${escaped.slice(0, maxLength - 3)}...`;
}

function isPrintable(text: string): boolean {
  return !/[^\x20-\x7e]/.test(text);
}

function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `a ${typeof value} that JSON cannot hold`;
  }
}
