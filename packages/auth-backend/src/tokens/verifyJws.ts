import { type KeyObject, verify } from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonObject } from '@backstage/types';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import {
  isSameAlgorithm,
  isSignatureAlgorithm,
  schemeOf,
  type SignatureAlgorithm,
} from './algorithms';
import { cryptoFailure } from './cryptoFailure';
import type { CryptoTurn } from './CryptoTurn';
import { noteHeader, type UnverifiedJws } from './parseCompact';

/** A public key bound to the one algorithm that it verifies (RFC 8725 section 3.1). */
export interface VerificationKey {
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
  readonly publicKey: KeyObject;
}

// With a callback node:crypto works on its thread pool: the event loop stays free.
const verifyOnPool = promisify(verify);

/**
 * Requires a token to name an algorithm that its kind may use; before anybody is asked for its key, since
 * what the caller writes there must cost no request.
 *
 * @throws AuthenticationError `AUTH_ALGORITHM_NOT_ALLOWED`
 */
export function requireAlgorithm(
  { header: { alg } }: UnverifiedJws,
  allowed: readonly SignatureAlgorithm[],
): SignatureAlgorithm {
  if (isSignatureAlgorithm(alg) && allowed.includes(alg)) return alg;
  throw createAuthError(
    'AUTH_ALGORITHM_NOT_ALLOWED',
    `expected alg to be ${allowed.join(' or ')}, found ${quote(alg)}`,
  );
}

/**
 * Verifies the signature of a token: the one place that does.
 *
 * @param jws - the parsed token
 * @param key - the key of the issuer that the token's kind and `kid` name, never one from the token
 * @param allowed - the algorithms that this kind of token may use
 * @param turn - where given, quick signatures are verified at once as long as it allows
 * @returns the claims, now proved to be the issuer's; without a promise where that was done at once
 * @throws AuthenticationError `AUTH_ALGORITHM_NOT_ALLOWED`, `AUTH_SIGNATURE_INVALID`, or
 *   `AUTH_TOKEN_MALFORMED` when the payload is not a JSON object
 */
export function verifyJws(
  jws: UnverifiedJws,
  key: VerificationKey,
  allowed: readonly SignatureAlgorithm[],
  turn?: CryptoTurn,
): JsonObject | Promise<JsonObject> {
  const alg = requireAlgorithm(jws, allowed);
  if (!isSameAlgorithm(alg, key.alg)) {
    throw createAuthError(
      'AUTH_ALGORITHM_NOT_ALLOWED',
      `expected alg to be that of the key ${quote(key.kid)}, which is ${key.alg}, found ${quote(alg)}`,
    );
  }
  const valid = hasValidSignature(jws, key, turn);
  return typeof valid === 'boolean'
    ? conclude(valid, jws, key)
    : valid.then(isValid => conclude(isValid, jws, key));
}

function conclude(isValid: boolean, jws: UnverifiedJws, { alg, kid }: VerificationKey): JsonObject {
  if (isValid) {
    noteHeader(jws);
    return jws.unverifiedClaims();
  }
  throw createAuthError(
    'AUTH_SIGNATURE_INVALID',
    `the ${alg} signature does not verify with the key ${quote(kid)} that the issuer publishes; the token was changed, or another installation uses the same key id`,
  );
}

function hasValidSignature(
  { signingInput, signature }: UnverifiedJws,
  { alg, publicKey }: VerificationKey,
  turn: CryptoTurn | undefined,
): boolean | Promise<boolean> {
  const { hash, options, quick, signatureLength } = schemeOf(alg);
  if (signatureLength !== undefined && signature.length !== signatureLength) return false;
  const data = Buffer.from(signingInput, 'latin1');
  const key = { key: publicKey, ...options };
  const fail = (cause: unknown) => {
    throw cryptoFailure(`verify ${alg} signatures`, cause);
  };
  try {
    return quick && turn?.take()
      ? verify(hash, data, key, signature)
      : verifyOnPool(hash, data, key, signature).catch(fail);
  } catch (cause) {
    return fail(cause);
  }
}
