import { tokenTypes } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import { invalidClaim, readSubject, readTimes } from '../claims';
import { decodeBase64url, parseCompact } from '../parseCompact';
import { writeSigningInput } from '../signJws';

/**
 * Writes the signed part of a limited user token. This is the one place that knows its bytes: the issuer
 * signs them into the `uip` claim of the user token, and every holder of that token writes them again.
 */
export function writeLimitedSigningInput(
  header: { readonly alg: string; readonly kid: string },
  claims: { readonly sub: string; readonly iat: number; readonly exp: number },
): string {
  return writeSigningInput(
    { typ: tokenTypes.limitedUser.typParam, alg: header.alg, kid: header.kid },
    { sub: claims.sub, iat: claims.iat, exp: claims.exp },
  );
}

/**
 * Derives the limited user token from a verified user token. A limited token is its own limited form, and
 * so is a user token of the old form, which has no type.
 *
 * @param token - a user token or limited user token that has been verified before
 * @param now - seconds since the epoch
 * @throws AuthenticationError `AUTH_TOKEN_TYPE_UNKNOWN` for any other token, `AUTH_CLAIM_INVALID` when the
 *   user token holds no identity proof, `AUTH_TOKEN_EXPIRED`
 */
export function deriveLimitedUserToken(
  token: string,
  now: number,
): { token: string; expiresAt: Date } {
  const { header, unverifiedClaims } = parseCompact(token);
  const claims = unverifiedClaims();
  const { iat, exp } = readTimes(claims, now);
  const expiresAt = new Date(exp * 1000);
  const isOldForm = header.typ === undefined && claims.aud === tokenTypes.user.audClaim;
  if (header.typ === tokenTypes.limitedUser.typParam || isOldForm) return { token, expiresAt };
  if (header.typ !== tokenTypes.user.typParam) {
    throw createAuthError(
      'AUTH_TOKEN_TYPE_UNKNOWN',
      `only user tokens can be limited, found a token of typ ${quote(header.typ ?? null)}`,
    );
  }
  const { alg, kid } = header;
  const { uip } = claims;
  if (typeof uip !== 'string' || uip === '' || !decodeBase64url(uip)) {
    throw invalidClaim(
      'uip',
      'the identity proof of the user, in base64url (the auth plugin issues it)',
      uip,
    );
  }
  if (kid === undefined) {
    throw createAuthError('AUTH_KEY_UNKNOWN', 'expected a kid in the user token, found none');
  }
  const signingInput = writeLimitedSigningInput(
    { alg, kid },
    { sub: readSubject(claims), iat, exp },
  );
  return { token: `${signingInput}.${uip}`, expiresAt };
}
