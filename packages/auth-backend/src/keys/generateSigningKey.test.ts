import { createPublicKey } from 'node:crypto';
import * as jose from 'jose';
import { whyKeyDoesNotFit } from '../tokens/algorithms';
import { generateSigningKey } from './generateSigningKey';

describe('generateSigningKey', () => {
  it.each([
    ['ES256', ['alg', 'crv', 'kid', 'kty', 'x', 'y']],
    ['ES384', ['alg', 'crv', 'kid', 'kty', 'x', 'y']],
    ['PS256', ['alg', 'e', 'kid', 'kty', 'n']],
    ['EdDSA', ['alg', 'crv', 'kid', 'kty', 'x']],
  ] as const)('of %s is named by the thumbprint that others compute', async (alg, members) => {
    const { signing, published } = await generateSigningKey(alg);
    expect(Object.keys(published).sort()).toEqual(members);
    const kid = await jose.calculateJwkThumbprint(published as jose.JWK);
    expect(published).toMatchObject({ kid, alg });
    expect(signing).toMatchObject({ kid, alg });
    expect(whyKeyDoesNotFit(signing.privateKey, alg)).toBeUndefined();
    const publicKey = createPublicKey(signing.privateKey);
    expect(publicKey.export({ format: 'jwk' })).toMatchObject(
      Object.fromEntries(Object.entries(published).filter(([name]) => !/^(?:alg|kid)$/.test(name))),
    );
  });

  it('never makes a key twice', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => generateSigningKey('ES256')));
    expect(new Set(keys.map(({ signing }) => signing.kid)).size).toBe(20);
  });

  it('takes it for an outage that the host cannot', async () => {
    await expect(generateSigningKey('none' as never)).rejects.toMatchObject({
      code: 'AUTH_KEYS_UNAVAILABLE',
      reason: expect.stringContaining('node:crypto cannot generate a key for none') as unknown,
    });
  });
});
