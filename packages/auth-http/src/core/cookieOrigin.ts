import type { AuthRequest } from '@stagepass/auth-node';
import { headerValues } from './requestHeaders';

/** Methods that change nothing (RFC 9110 section 9.2.1), as far as a browser sends them cross-site. */
const safeMethods: readonly (string | undefined)[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Tells whether the auth cookie may authorise this request. A browser adds the cookie to whatever any
 * web site makes it send, so a request that can change something must show that it comes from the
 * backend's own origin, or from one that is trusted by name. An upgrade counts as such a request: a
 * WebSocket is opened by `GET`, from any site. So does a request without a method.
 *
 * @param trustedOrigins - exact origins, such as `https://app.example.com`
 * @see {@link https://www.w3.org/TR/fetch-metadata/ | Fetch Metadata}, which browsers alone can write
 */
export function mayUseCookie(request: AuthRequest, trustedOrigins: ReadonlySet<string>): boolean {
  const upgrade = headerValues(request, 'upgrade').length > 0;
  if (safeMethods.includes(request.method) && !upgrade) return true;
  if (onlyValue(request, 'sec-fetch-site') === 'same-origin') return true;
  const origin = onlyValue(request, 'origin');
  return origin !== undefined && trustedOrigins.has(origin);
}

function onlyValue(request: AuthRequest, name: string): string | undefined {
  const values = headerValues(request, name);
  return values.length === 1 ? values[0] : undefined;
}
