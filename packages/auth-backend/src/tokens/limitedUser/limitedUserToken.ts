import type { JsonObject } from '@backstage/types';
import { tokenTypes } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import { invalidClaim, readSubject, readTimes } from '../claims';
import { decodeBase64url, parseCompact, type ProtectedHeader } from '../parseCompact';
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

/** A limited user token. */
export interface LimitedUserToken {
  readonly token: string;
  readonly expiresAt: Date;
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
export function deriveLimitedUserToken(token: string, now: number): LimitedUserToken {
  const { header, unverifiedClaims } = parseCompact(token);
  const claims = unverifiedClaims();
  const times = readTimes(claims, now);
  const expiresAt = new Date(times.exp * 1000);
  const isOldForm = header.typ === undefined && claims.aud === tokenTypes.user.audClaim;
  if (header.typ === tokenTypes.limitedUser.typParam || isOldForm) return { token, expiresAt };
  const limitedForm = writeLimitedForm(header, claims, times);
  if (limitedForm === undefined) throw whyNone(header, claims);
  return { token: limitedForm, expiresAt };
}

/**
 * Writes the limited form of a user token; undefined where it has none.
 *
 * @param claims - those of the token
 * @param times - what `readTimes` read in them
 */
export function writeLimitedForm(
  { typ, alg, kid }: ProtectedHeader,
  claims: JsonObject,
  { iat, exp }: { readonly iat: number; readonly exp: number },
): string | undefined {
  const { uip } = claims;
  if (typ !== tokenTypes.user.typParam || kid === undefined || !isIdentityProof(uip)) {
    return undefined;
  }
  const signingInput = writeLimitedSigningInput(
    { alg, kid },
    { sub: readSubject(claims), iat, exp },
  );
  return `${signingInput}.${uip}`;
}

function whyNone({ typ }: ProtectedHeader, { uip }: JsonObject) {
  if (typ !== tokenTypes.user.typParam) {
    return createAuthError(
      'AUTH_TOKEN_TYPE_UNKNOWN',
      `only user tokens can be limited, found a token of typ ${quote(typ ?? null)}`,
    );
  }
  return isIdentityProof(uip)
    ? createAuthError('AUTH_KEY_UNKNOWN', 'expected a kid in the user token, found none')
    : invalidClaim(
        'uip',
        'the identity proof of the user, in base64url (the auth plugin issues it)',
        uip,
      );
}

function isIdentityProof(uip: unknown): uip is string {
  return typeof uip === 'string' && uip !== '' && decodeBase64url(uip) !== undefined;
}
