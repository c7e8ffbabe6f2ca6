import { checkPassword, hashPassword, isPasswordHash } from './password';

it('accepts the password that was hashed, and no other', async () => {
  const hash = await hashPassword('jane-likes-trains');
  expect(isPasswordHash(hash)).toBe(true);
  await expect(checkPassword('jane-likes-trains', hash)).resolves.toBe(true);
  await expect(checkPassword('jane-likes-boats', hash)).resolves.toBe(false);
  await expect(checkPassword('', hash)).resolves.toBe(false);
});

it('salts every hash anew', async () => {
  expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
});

it('accepts no password for someone without a hash', async () => {
  await expect(checkPassword('', undefined)).resolves.toBe(false);
  await expect(checkPassword('undefined', undefined)).resolves.toBe(false);
});

it.each(['', 'jane-likes-trains', 'scrypt:', 'scrypt:AAAA:BBBB', `md5:${'A'.repeat(22)}:${'B'.repeat(43)}`])(
  'does not take %j for a hash',
  text => {
    expect(isPasswordHash(text)).toBe(false);
  },
);
