import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const hashLength = 32;

/** Tells whether a text is a hash of a password: `scrypt:<salt>:<hash>`, both in base64url. */
export function isPasswordHash(text: string): boolean {
  return /^scrypt:[\w-]{22}:[\w-]{43}$/.test(text);
}

/**
 * Tells whether a password is the one that was hashed. Without a hash the answer is no, after the same
 * work, so that the time it takes does not tell which users exist.
 */
export async function checkPassword(password: string, passwordHash?: string): Promise<boolean> {
  const [, salt = '', hash = ''] = passwordHash?.split(':') ?? [];
  const expected = passwordHash ? Buffer.from(hash, 'base64url') : randomBytes(hashLength);
  const found = await derive(password, Buffer.from(salt, 'base64url'), hashLength);
  return timingSafeEqual(found, expected) && passwordHash !== undefined;
}
