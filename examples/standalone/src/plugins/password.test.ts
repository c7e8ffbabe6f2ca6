import { scryptSync } from 'node:crypto';
import { checkPassword, isPasswordHash } from './password';

it('accepts the password that was hashed, and no other', async () => {
  const salt = Buffer.from('sixteen bytes at');
  const hash = scryptSync('jane-likes-trains', salt, 32).toString('base64url');
  const stored = `scrypt:${salt.toString('base64url')}:${hash}`;
  expect(isPasswordHash(stored)).toBe(true);
  await expect(checkPassword('jane-likes-trains', stored)).resolves.toBe(true);
  await expect(checkPassword('jane-likes-boats', stored)).resolves.toBe(false);
  await expect(checkPassword('', stored)).resolves.toBe(false);
});

it('accepts no password for someone without a hash', async () => {
  await expect(checkPassword('', undefined)).resolves.toBe(false);
  await expect(checkPassword('undefined', undefined)).resolves.toBe(false);
});

it.each([
  '',
  'jane-likes-trains',
  'scrypt:',
  'scrypt:AAAA:BBBB',
  `md5:${'A'.repeat(22)}:${'B'.repeat(43)}`,
])('does not take %j for a hash', text => {
  expect(isPasswordHash(text)).toBe(false);
});
