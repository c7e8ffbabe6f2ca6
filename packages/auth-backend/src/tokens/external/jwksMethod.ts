import type { JsonObject } from '@backstage/types';
import type { Clock } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { PublishedKey } from '../../keys/PublishedKey';
import { isSignatureAlgorithm } from '../algorithms';
import { readSubject, readTimes, tellParty } from '../claims';
import type { CryptoTurn } from '../CryptoTurn';
import { verifyJws } from '../verifyJws';
import type { ExternalMethod } from './ExternalMethod';
import {
  type ExternalEntry,
  type JwksAccess,
  type OwnerOf,
  subjectPrefixOf,
} from './externalEntries';

/** Finds a key of a third party. */
export type FindExternalKey = (kid: string | undefined) => Promise<PublishedKey>;

/**
 * Makes the method of a third party that publishes its keys (Backstage's type `jwks`). A token whose
 * algorithm, issuer or audience is another's is refused before anybody is asked for a key.
 *
 * @param findKey - finds a key in the key set of the entry
 * @param options - `ownerOf`: tells of other entries, whose callers none of this one's may seem to be; `turn`: see
 *   `verifyJws`
 */
export function createJwksMethod(
  entry: JwksAccess,
  findKey: FindExternalKey,
  clock: Clock,
  { ownerOf = () => undefined, turn }: { ownerOf?: OwnerOf; turn?: CryptoTurn } = {},
): ExternalMethod {
  const prefix = subjectPrefixOf(entry);
  return {
    entry,
    async verify(_token, jws) {
      if (!jws) return undefined;
      const { alg, kid } = jws.header;
      if (!isSignatureAlgorithm(alg) || !entry.algorithms.includes(alg)) {
        throw refusal(entry, 'AUTH_ALGORITHM_NOT_ALLOWED', entry.algorithms, alg);
      }
      checkParties(entry, jws.unverifiedClaims());
      const key = await findKey(kid);
      const claims = await verifyJws(jws, key.key, entry.algorithms, turn);
      const times = readTimes(claims, clock.now() / 1000, { thirdParty: true });
      const subject = `${prefix}${readSubject(claims)}`;
      const owner = ownerOf(subject, entry);
      if (owner) throw foreignSubject(subject, entry, owner);
      return { subject, expiresAt: new Date(times.exp * 1000), evidence: { key, times } };
    },
  };
}

function checkParties(entry: JwksAccess, { iss, aud }: JsonObject): void {
  if (entry.issuers && !(typeof iss === 'string' && entry.issuers.includes(iss))) {
    throw refusal(entry, 'AUTH_ISSUER_MISMATCH', entry.issuers, iss);
  }
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (entry.audiences && !entry.audiences.some(audience => audiences.includes(audience))) {
    throw refusal(entry, 'AUTH_AUDIENCE_MISMATCH', entry.audiences, aud);
  }
}

function refusal(
  { path }: JwksAccess,
  code: 'AUTH_ALGORITHM_NOT_ALLOWED' | 'AUTH_ISSUER_MISMATCH' | 'AUTH_AUDIENCE_MISMATCH',
  expected: readonly string[],
  found: unknown,
) {
  const what = { AUTH_ALGORITHM_NOT_ALLOWED: 'alg', AUTH_ISSUER_MISMATCH: 'iss' } as const;
  const name = code === 'AUTH_AUDIENCE_MISMATCH' ? 'aud' : what[code];
  return createAuthError(
    code,
    `${path}: expected ${name} to be ${expected.length > 1 ? 'one of ' : ''}${quote(expected)}, found ${tellParty(found)}; ` +
      'change the entry, or what the caller is issued',
  );
}

function foreignSubject(subject: string, { path }: JwksAccess, owner: ExternalEntry) {
  return createAuthError(
    'AUTH_CLAIM_INVALID',
    `${path}: the subject ${quote(subject)} is one of ${owner.path}; give ${path} a subjectPrefix that the other does not begin with`,
  );
}
