import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { readTimes } from '../claims';
import type { UnverifiedJws } from '../parseCompact';
import type { ExternalMethod } from './ExternalMethod';
import type { LegacyAccess } from './externalEntries';

/** What every caller with a shared secret calls itself; the configuration says who it is. */
const LEGACY_SUBJECT = 'backstage-server';

/** A secret is configured, and so is there as long as the process is. */
const secretKey = { isPublished: () => true, confirm: () => Promise.resolve(true) };

/**
 * Makes the method of a caller that shares a secret with the backend: tokens with `alg: HS256` and the
 * subject `backstage-server`, without audience (Backstage's type `legacy`). This is the only place where a
 * token is verified with a secret; no published key ever gets here.
 */
export function createLegacyMethod(entry: LegacyAccess, clock: Clock): ExternalMethod {
  return {
    entry,
    async verify(_token, jws) {
      if (jws?.header.alg !== 'HS256') return undefined;
      const claims = jws.unverifiedClaims();
      if (claims.sub !== LEGACY_SUBJECT || Object.hasOwn(claims, 'aud')) return undefined;
      if (!isSignedWith(entry.secret, jws)) {
        throw createAuthError(
          'AUTH_SIGNATURE_INVALID',
          `the HS256 signature does not verify with the secret of ${entry.path}; check that both sides have the same secret`,
        );
      }
      const times = readTimes(claims, clock.now() / 1000, { thirdParty: true });
      const expiresAt = new Date(times.exp * 1000);
      return { subject: entry.subject, expiresAt, evidence: { key: secretKey, times } };
    },
  };
}

/** Tells whether a token is signed with a secret: HS256 (RFC 7518 section 3.2), by the whole tag, in constant time. */
export function isSignedWith(secret: Buffer, { signingInput, signature }: UnverifiedJws): boolean {
  const expected = createHmac('sha256', secret).update(signingInput, 'ascii').digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}
