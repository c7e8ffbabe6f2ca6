import type { AuthRequest } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { AUTH_COOKIE } from './mockTokens';

/**
 * Returns the bearer token of a request, or undefined if it has no `Authorization` header.
 *
 * @param options - `emptyBearerIsNone`: `Bearer` without a token counts as no header
 * @throws AuthenticationError `AUTH_REQUEST_AMBIGUOUS` when the header holds anything else, or comes twice
 */
export function bearerToken(
  request: AuthRequest,
  options: { emptyBearerIsNone?: boolean } = {},
): string | undefined {
  const values = headerValues(request, 'authorization');
  if (values.length === 0) return undefined;
  const isEmpty = values.length === 1 && /^bearer *$/i.test(values[0] ?? '');
  if (options.emptyBearerIsNone && isEmpty) return undefined;
  const token = values.length === 1 ? /^Bearer +(\S+)$/i.exec(values[0] ?? '')?.[1] : undefined;
  if (token === undefined) {
    throw createAuthError(
      'AUTH_REQUEST_AMBIGUOUS',
      'expected one Authorization header, "Bearer" and a token; make it with mockCredentials.user.header()',
    );
  }
  return token;
}

/** Returns every value that the auth cookie has in a request. */
export function authCookies(request: AuthRequest): string[] {
  return headerValues(request, 'cookie')
    .flatMap(header => header.split(';'))
    .map(pair => pair.trim())
    .filter(pair => pair.startsWith(`${AUTH_COOKIE}=`))
    .map(pair => decode(pair.slice(AUTH_COOKIE.length + 1)))
    .filter(value => value !== '');
}

/** Returns every value that a header has, as received. */
export function headerValues(request: AuthRequest, name: string): string[] {
  const { headers, rawHeaders = [] } = request;
  if (typeof headers !== 'object' || headers === null) {
    throw createAuthError('AUTH_REQUEST_AMBIGUOUS', 'expected a request with headers');
  }
  const value = isFetchHeaders(headers) ? headers.get(name) : headers[name];
  // Node keeps the first of a repeated Authorization header alone; the list as received shows them all.
  const received = rawHeaders.filter(
    (_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name,
  );
  if (received.length > 1) return received;
  return [value ?? []].flat();
}

function isFetchHeaders(
  headers: AuthRequest['headers'],
): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
