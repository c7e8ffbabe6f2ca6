import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonObject } from '@backstage/types';
import type { AccessRestrictionsMap } from '@stagepass/auth-node';
import { ACCESS_RESTRICTIONS, writeAccessRestrictions } from './accessRestrictions';
import { schemeOf, type SignatureAlgorithm } from './algorithms';
import { cryptoFailure } from './cryptoFailure';

/** A private key bound to the one algorithm that it signs with. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
  readonly privateKey: KeyObject;
}

const createSignature = promisify(sign);

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

/** Signs what {@link writeSigningInput} wrote, and returns the signature segment. */
export async function signSegments(signingInput: string, key: SigningKey): Promise<string> {
  const { hash, options } = schemeOf(key.alg);
  const signature = await createSignature(hash, Buffer.from(signingInput, 'ascii'), {
    key: key.privateKey,
    ...options,
  }).catch((cause: unknown) => {
    throw cryptoFailure(`sign with ${key.alg}`, cause);
  });
  return signature.toString('base64url');
}

/**
 * Issues a token in the compact serialisation (RFC 7515 section 7.1), header in Backstage's order.
 *
 * @param accessRestrictions - limits that the receiver must know how to keep to
 */
export async function signJws(
  typ: string,
  claims: JsonObject,
  key: SigningKey,
  accessRestrictions?: AccessRestrictionsMap,
): Promise<string> {
  const critical = accessRestrictions && {
    crit: [ACCESS_RESTRICTIONS],
    [ACCESS_RESTRICTIONS]: writeAccessRestrictions(accessRestrictions),
  };
  const header = { typ, alg: key.alg, kid: key.kid, ...critical };
  const signingInput = writeSigningInput(header, claims);
  return `${signingInput}.${await signSegments(signingInput, key)}`;
}

function encodeSegment(value: object): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}
