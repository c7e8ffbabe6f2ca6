import type { AuthRequest } from '@stagepass/auth-node';
import { quote } from '@stagepass/auth-node/internal';
import { headerValues } from './requestHeaders';

/** Methods that change nothing (RFC 9110 section 9.2.1), as far as browsers send them. */
const safeMethods: readonly (string | undefined)[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Tells whether a request could change something. A browser adds the auth cookie to whatever any web site
 * makes it send, so that such a request must also show where it comes from. An upgrade is one: a WebSocket
 * is opened by `GET`, from any site. So is a request without a method.
 */
export function canChangeSomething(request: AuthRequest): boolean {
  return !safeMethods.includes(request.method) || headerValues(request, 'upgrade').length > 0;
}

/**
 * Tells whether a browser vouches that the request comes from the very origin that it goes to, or from
 * one of the given ones, such as `https://app.example.com`.
 *
 * @see {@link https://www.w3.org/TR/fetch-metadata/ | Fetch Metadata}, headers that no script can write
 */
export function comesFromTrustedOrigin(
  request: AuthRequest,
  trustedOrigins: readonly string[],
): boolean {
  if (onlyValue(request, 'sec-fetch-site') === 'same-origin') return true;
  const origin = onlyValue(request, 'origin');
  // Sandboxed frames have the origin `null`, and so have URLs of schemes that a browser does not know.
  return origin !== undefined && origin !== 'null' && trustedOrigins.includes(origin);
}

/** Says for a reason where a request comes from, as far as its headers are what a browser sends. */
export function originOf(request: AuthRequest): string {
  const origin = onlyValue(request, 'origin');
  if (origin === undefined) return 'no single Origin header';
  const isOrigin = URL.canParse(origin) && new URL(origin).origin === origin;
  return isOrigin ? `the origin ${quote(origin)}` : 'an Origin header that names none';
}

function onlyValue(request: AuthRequest, name: string): string | undefined {
  const values = headerValues(request, name);
  return values.length === 1 ? values[0] : undefined;
}
