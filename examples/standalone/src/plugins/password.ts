import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const saltLength = 16;
const hashLength = 32;

/** Hashes a password, with a new salt, to `scrypt:<salt>:<hash>` in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltLength);
  const hash = await derive(password, salt, hashLength);
  return `scrypt:${salt.toString('base64url')}:${hash.toString('base64url')}`;
}

/** Tells whether a text is what {@link hashPassword} writes. */
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
