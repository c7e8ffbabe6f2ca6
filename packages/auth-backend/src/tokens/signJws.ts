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

const plainHeaders = new WeakMap<SigningKey, { readonly typ: string; readonly segment: string }>();

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
 * Signs what {@link writeSigningInput} wrote.
 *
 * @param turn - where given, quick signatures are made at once as long as it allows
 * @returns the signature segment; without a promise where it was made at once
 */
export function signSegments(
  signingInput: string,
  { alg, privateKey }: SigningKey,
  turn?: CryptoTurn,
): string | Promise<string> {
  const { hash, options, quick } = schemeOf(alg);
  const data = Buffer.from(signingInput, 'latin1');
  const key = { key: privateKey, ...options };
  const fail = (cause: unknown) => {
    throw cryptoFailure(`sign with ${alg}`, cause);
  };
  try {
    return quick && turn?.take()
      ? sign(hash, data, key).toString('base64url')
      : signOnPool(hash, data, key).then(signature => signature.toString('base64url'), fail);
  } catch (cause) {
    return fail(cause);
  }
}

/**
 * Issues a token in the compact serialisation (RFC 7515 section 7.1), header in Backstage's order.
 *
 * @param claims - an object, or one that is written as JSON already
 * @param options - `accessRestrictions`: limits that the receiver must know how to keep to; `turn`: as for
 *   {@link signSegments}
 * @returns the token; without a promise where it was signed at once
 */
export function signJws(
  typ: string,
  claims: JsonObject | string,
  key: SigningKey,
  {
    accessRestrictions,
    turn,
  }: { accessRestrictions?: AccessRestrictionsMap; turn?: CryptoTurn } = {},
): string | Promise<string> {
  const header = accessRestrictions
    ? encodeSegment({
        typ,
        alg: key.alg,
        kid: key.kid,
        crit: [ACCESS_RESTRICTIONS],
        [ACCESS_RESTRICTIONS]: writeAccessRestrictions(accessRestrictions),
      })
    : plainHeader(typ, key);
  const signingInput = `${header}.${encodeSegment(claims)}`;
  const signature = signSegments(signingInput, key, turn);
  return typeof signature === 'string'
    ? `${signingInput}.${signature}`
    : signature.then(segment => `${signingInput}.${segment}`);
}

/** The header of a key is the same in all of its tokens, which are of one type. */
function plainHeader(typ: string, key: SigningKey): string {
  const known = plainHeaders.get(key);
  if (known?.typ === typ) return known.segment;
  const segment = encodeSegment({ typ, alg: key.alg, kid: key.kid });
  plainHeaders.set(key, { typ, segment });
  return segment;
}

/** @param value - an object, or one that is written as JSON already */
function encodeSegment(value: object | string): string {
  const json = typeof value === 'string' ? value : JSON.stringify(value);
  return Buffer.from(json, 'utf8').toString('base64url');
}
