import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonObject } from '@backstage/types';
import type { AccessRestrictionsMap } from '@stagepass/auth-node';
import { ACCESS_RESTRICTIONS, writeAccessRestrictions } from './accessRestrictions';
import { schemeOf, type SignatureAlgorithm } from './algorithms';
import { cryptoFailure } from './cryptoFailure';
import type { CryptoTurn } from './CryptoTurn';

/** A private key bound to the one algorithm that it signs with. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
  readonly privateKey: KeyObject;
}

const signOnPool = promisify(sign);

/**
 * Writes the part of a token that is signed: header and claims, members in the given order, undefined ones
 * left out.
 */
export function writeSigningInput(
  header: { readonly typ: string; readonly alg: string; readonly kid: string },
  claims: Readonly<Record<string, unknown>>,
): string {
  return `${encodeSegment(header)}.${encodeSegment(claims)}`;
}

/**
 * Signs what {@link writeSigningInput} wrote, and returns the signature segment.
 *
 * @param turn - where given, quick signatures are made at once as long as it allows
 */
export async function signSegments(
  signingInput: string,
  { alg, privateKey }: SigningKey,
  turn?: CryptoTurn,
): Promise<string> {
  const { hash, options, quick } = schemeOf(alg);
  const data = Buffer.from(signingInput, 'latin1');
  const key = { key: privateKey, ...options };
  try {
    const signature =
      quick && turn?.take() ? sign(hash, data, key) : await signOnPool(hash, data, key);
    return signature.toString('base64url');
  } catch (cause) {
    throw cryptoFailure(`sign with ${alg}`, cause);
  }
}

/**
 * Issues a token in the compact serialisation (RFC 7515 section 7.1), header in Backstage's order.
 *
 * @param options - `accessRestrictions`: limits that the receiver must know how to keep to; `turn`: as for
 *   {@link signSegments}
 */
export async function signJws(
  typ: string,
  claims: JsonObject,
  key: SigningKey,
  {
    accessRestrictions,
    turn,
  }: { accessRestrictions?: AccessRestrictionsMap; turn?: CryptoTurn } = {},
): Promise<string> {
  const critical = accessRestrictions && {
    crit: [ACCESS_RESTRICTIONS],
    [ACCESS_RESTRICTIONS]: writeAccessRestrictions(accessRestrictions),
  };
  const header = { typ, alg: key.alg, kid: key.kid, ...critical };
  const signingInput = writeSigningInput(header, claims);
  return `${signingInput}.${await signSegments(signingInput, key, turn)}`;
}

function encodeSegment(value: object): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}
