import type { AuthRequest } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import { headerValues } from './requestHeaders';

/** The schemes that callers use instead, and names that they give to `Bearer`; a closed list, so that none is a token. */
const otherScheme = /^(?:apikey|basic|digest|dpop|jwt|negotiate|ntlm|token)(?= |$)/i;

/**
 * Returns the bearer token of a request, or undefined if it has no `Authorization` header (RFC 6750
 * section 2.1). Whatever else the header holds is a refusal: a caller who meant to present credentials is
 * never taken for one who presented none.
 *
 * @param options - `emptyBearerIsNone`: take `Bearer` without a token for no credentials, as callers send
 *   it where the default auth policy is disabled
 * @throws AuthenticationError `AUTH_REQUEST_AMBIGUOUS`
 */
export function extractToken(
  request: AuthRequest,
  options: { emptyBearerIsNone?: boolean } = {},
): string | undefined {
  const values = headerValues(request, 'authorization');
  if (values.length === 0) return undefined;
  const [value] = values;
  if (values.length > 1 || value === undefined) {
    throw createAuthError(
      'AUTH_REQUEST_AMBIGUOUS',
      `expected one Authorization header, found ${values.length}; a proxy may add one of its own`,
    );
  }
  if (options.emptyBearerIsNone && /^bearer *$/i.test(value)) return undefined;
  // The header is not quoted in the reason: a token without its scheme would end up in a log.
  if (/^bearer +[\x21-\x7e]+$/i.test(value)) return value.slice(value.lastIndexOf(' ') + 1);
  const scheme = otherScheme.exec(value)?.[0];
  throw createAuthError(
    'AUTH_REQUEST_AMBIGUOUS',
    'expected the Authorization header to be "Bearer", spaces and a token of visible ASCII ' +
      `characters, found ${scheme ? `the scheme ${quote(scheme)}` : `something else of ${value.length} characters`}`,
  );
}
