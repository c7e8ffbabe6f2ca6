import { createPublicKey, type KeyObject } from 'node:crypto';

/** The least bits of an RSA modulus (RFC 7518 section 3.3). */
const LEAST_MODULUS = 2048;

/** The least public exponent (NIST SP 800-56B section 6.4): with 1 anybody could sign, small ones forgive bad padding. */
const LEAST_EXPONENT = 65_537n;

/** The primes by which keys of one generator show: the residues of its moduli are powers of 65537 (Nemec et al., CCS 2017). */
const tellingPrimes = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
  103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/** The field of Ed25519 (RFC 8032 section 5.1), and the y of its points whose order divides 8. */
const FIELD = 2n ** 255n - 19n;
const smallOrders: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  FIELD - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]);

/**
 * Says what makes the signatures of a key worthless, whoever publishes it; undefined when nothing is known
 * against it. Points that are not on their curve are refused before, when a key is read.
 *
 * @param key - public, or private, which is judged by its public half
 */
export function whyKeyIsWeak(key: KeyObject): string | undefined {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  if (key.asymmetricKeyType === 'rsa') return whyRsaKeyIsWeak(publicKey);
  return key.asymmetricKeyType === 'ed25519' ? whyEd25519KeyIsWeak(publicKey) : undefined;
}

function whyRsaKeyIsWeak(key: KeyObject): string | undefined {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < LEAST_MODULUS) {
    return `needs an RSA key of at least ${LEAST_MODULUS} bits, found ${modulusLength}`;
  }
  if (publicExponent < LEAST_EXPONENT || publicExponent % 2n === 0n) {
    return `needs an odd public exponent of at least ${LEAST_EXPONENT}, found ${publicExponent}`;
  }
  const modulus = toNumber(key.export({ format: 'jwk' }).n);
  if (modulus % 2n === 0n) return 'needs a product of two primes, found an even modulus';
  if (tellingPrimes.every(prime => isPower(Number(modulus % BigInt(prime)), prime))) {
    return 'needs a key that cannot be factored, found one with the weakness ROCA';
  }
  return undefined;
}

/** Tells whether a residue is a power of 65537 modulo a small prime. */
function isPower(residue: number, prime: number): boolean {
  let power = 1;
  do {
    if (power === residue) return true;
    power = (power * 65_537) % prime;
  } while (power !== 1);
  return false;
}

/** Under a point of small order, signatures that anybody can write verify for many or all messages. */
function whyEd25519KeyIsWeak(key: KeyObject): string | undefined {
  const bytes = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').reverse();
  // The highest bit is the sign of the other coordinate.
  bytes[0]! &= 0x7f;
  const y = BigInt(`0x${bytes.toString('hex')}`);
  return y >= FIELD || smallOrders.has(y)
    ? 'needs a point of full order, found one under which anybody can sign'
    : undefined;
}

function toNumber(base64url = ''): bigint {
  return BigInt(`0x${Buffer.from(base64url, 'base64url').toString('hex')}`);
}
