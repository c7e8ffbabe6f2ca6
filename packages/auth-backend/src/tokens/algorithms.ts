import { constants, type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import { whyKeyIsWeak } from './weakKeys';

/** How an algorithm signs, and which keys it takes (RFC 7518 section 3.1, RFC 8037). */
interface Scheme {
  readonly keyType: 'ec' | 'rsa' | 'ed25519';
  /** OpenSSL's name of the curve, for `ec`. */
  readonly curve?: string;
  /** Bytes of a signature, where the algorithm fixes it. */
  readonly signatureLength?: number;
  readonly hash: string | null;
  /** Signing and verifying take less than a tenth of a millisecond; for others the event loop does not wait. */
  readonly quick: boolean;
  readonly options: Omit<SignKeyObjectInput, 'key'>;
}

function ecdsa(curve: string, hash: string, signatureLength: number): Scheme {
  return {
    keyType: 'ec',
    quick: hash === 'sha256',
    curve,
    hash,
    signatureLength,
    options: { dsaEncoding: 'ieee-p1363' },
  };
}

function rsa(hash: string, padding: number, saltLength?: number): Scheme {
  return {
    keyType: 'rsa',
    quick: false,
    hash,
    options: { padding, ...(saltLength && { saltLength }) },
  };
}

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = constants;

const ed25519: Scheme = {
  keyType: 'ed25519',
  quick: true,
  hash: null,
  signatureLength: 64,
  options: {},
};

// Asymmetric algorithms only: a symmetric one must never be reachable with a published key.
const schemes = {
  ES256: ecdsa('prime256v1', 'sha256', 64),
  ES384: ecdsa('secp384r1', 'sha384', 96),
  ES512: ecdsa('secp521r1', 'sha512', 132),
  RS256: rsa('sha256', RSA_PKCS1_PADDING),
  RS384: rsa('sha384', RSA_PKCS1_PADDING),
  RS512: rsa('sha512', RSA_PKCS1_PADDING),
  PS256: rsa('sha256', RSA_PKCS1_PSS_PADDING, 32),
  PS384: rsa('sha384', RSA_PKCS1_PSS_PADDING, 48),
  PS512: rsa('sha512', RSA_PKCS1_PSS_PADDING, 64),
  // One algorithm by two names: `EdDSA` is the older, and elsewhere means other curves too (RFC 9864 section 2.2).
  EdDSA: ed25519,
  Ed25519: ed25519,
} as const satisfies Record<string, Scheme>;

/** A signature algorithm that keys of this product can have. */
export type SignatureAlgorithm = keyof typeof schemes;

/** The names of all signature algorithms, for messages. */
export const signatureAlgorithms = Object.keys(schemes) as SignatureAlgorithm[];

/** Tells whether a foreign value names a signature algorithm; exactly, case included. */
export function isSignatureAlgorithm(value: unknown): value is SignatureAlgorithm {
  return typeof value === 'string' && Object.hasOwn(schemes, value);
}

/** Tells whether two names are of one algorithm. */
export function isSameAlgorithm(one: SignatureAlgorithm, other: SignatureAlgorithm): boolean {
  return schemes[one] === schemes[other];
}

/** Returns how the algorithm signs. */
export function schemeOf(algorithm: SignatureAlgorithm): Scheme {
  return schemes[algorithm];
}

/**
 * Says why a key cannot be used with an algorithm; undefined when it can.
 *
 * @param key - public, or private, which is looked at as what its public half says
 */
export function whyKeyDoesNotFit(
  key: KeyObject,
  algorithm: SignatureAlgorithm,
): string | undefined {
  const { keyType, curve } = schemeOf(algorithm);
  const { asymmetricKeyType: foundType, asymmetricKeyDetails: details } = key;
  if (foundType !== keyType)
    return `${algorithm} needs a key of type ${keyType}, found ${foundType}`;
  if (curve && details?.namedCurve !== curve) {
    return `${algorithm} needs the curve ${curve}, found ${details?.namedCurve}`;
  }
  const weakness = whyKeyIsWeak(key);
  return weakness && `${algorithm} ${weakness}`;
}
