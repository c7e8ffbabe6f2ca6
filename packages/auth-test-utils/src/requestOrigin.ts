import type { AuthRequest } from '@stagepass/auth-node';
import { headerValues } from './requestTokens';

/**
 * Tells whether a request can change something and does not show that it comes from where it goes to, or
 * from one of the origins: what the cookie does not authorise. A request without a method, which a test
 * wrote by hand, changes nothing.
 */
export function isFromElsewhere(request: AuthRequest, corsOrigins: readonly string[]): boolean {
  const { method = 'GET' } = request;
  const isUpgrade = headerValues(request, 'upgrade').length > 0;
  if (['GET', 'HEAD', 'OPTIONS'].includes(method) && !isUpgrade) return false;
  if (onlyValue(request, 'sec-fetch-site') === 'same-origin') return false;
  const origin = onlyValue(request, 'origin');
  if (origin === undefined) return true;
  if (corsOrigins.includes(origin) && origin !== 'null') return false;
  const host = hostOf(origin);
  return host === undefined || host !== onlyValue(request, 'host');
}

function onlyValue(request: AuthRequest, name: string): string | undefined {
  const values = headerValues(request, name);
  return values.length === 1 ? values[0] : undefined;
}

/** Undefined for what is no origin of a page, such as the `null` of a sandboxed frame. */
function hostOf(origin: string): string | undefined {
  return /^https?:/.test(origin) && URL.canParse(origin) ? new URL(origin).host : undefined;
}
