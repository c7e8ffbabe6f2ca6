import { constants, createSecretKey, sign } from 'node:crypto';
import * as jose from 'jose';
import { createKey } from '../testing/keyFixtures';
import { decode, forge } from '../testing/tokenFixtures';
import { writeAccessRestrictions } from './accessRestrictions';
import { isSameAlgorithm, type SignatureAlgorithm, signatureAlgorithms } from './algorithms';
import { parseCompact } from './parseCompact';
import { signJws } from './signJws';
import { verifyJws } from './verifyJws';

/** What is done at once and what is not looks alike. */
const verifying = async (...options: Parameters<typeof verifyJws>) => verifyJws(...options);

const keys = new Map(signatureAlgorithms.map(alg => [alg, createKey(`key-${alg}`, alg)]));
const keyOf = (alg: SignatureAlgorithm) => keys.get(alg)!;
const es256 = keyOf('ES256');

describe.each(signatureAlgorithms)('%s', alg => {
  const { signing, verification, jwk } = keyOf(alg);

  it('signs what another implementation verifies', async () => {
    const token = await signJws('test', { sub: 'jane', n: 1 }, signing);
    const { payload, protectedHeader } = await jose.jwtVerify(token, await jose.importJWK(jwk));
    expect(payload).toEqual({ sub: 'jane', n: 1 });
    expect(protectedHeader).toEqual({ typ: 'test', alg, kid: `key-${alg}` });
  });

  it('verifies what another implementation signs', async () => {
    const privateKey = await jose.importPKCS8(
      signing.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      alg,
    );
    const token = await new jose.SignJWT({ sub: 'jane' })
      .setProtectedHeader({ alg, kid: 'k' })
      .sign(privateKey);
    await expect(verifying(parseCompact(token), verification, [alg])).resolves.toEqual({
      sub: 'jane',
    });
  });

  it('refuses the token of another key, and a key of another algorithm', async () => {
    const token = await signJws('test', { sub: 'jane' }, createKey('other', alg).signing);
    await expect(verifying(parseCompact(token), verification, [alg])).rejects.toMatchObject({
      code: 'AUTH_SIGNATURE_INVALID',
      message: 'Illegal token',
    });
    const others = signatureAlgorithms.filter(other => !isSameAlgorithm(other, alg));
    for (const other of others) {
      const jws = parseCompact(await signJws('test', {}, keyOf(other).signing));
      await expect(verifying(jws, verification, signatureAlgorithms)).rejects.toMatchObject({
        code: 'AUTH_ALGORITHM_NOT_ALLOWED',
        message: 'Illegal token',
      });
    }
  });
});

describe('verifyJws', () => {
  it('reads the headers of verified tokens once, unless they name restrictions, and those of others each time', async () => {
    const { verification, signing } = es256;
    const sign = (options = {}) => signJws('vnd.backstage.plugin', { sub: 'x' }, signing, options);
    const plain = await sign();
    const [one, other] = [parseCompact(plain).header, parseCompact(plain).header];
    expect(other).not.toBe(one);
    await verifying(parseCompact(plain), verification, ['ES256']);
    const { header } = parseCompact(plain);
    expect(parseCompact(await sign()).header).toBe(header);
    // It is the same for a token that is not verified yet, and proves nothing of that.
    const forged = parseCompact(plain.replace(/.{8}$/, 'AAAAAAAA'));
    expect(forged.header).toBe(header);
    await expect(verifying(forged, verification, ['ES256'])).rejects.toMatchObject({
      code: 'AUTH_SIGNATURE_INVALID',
    });
    const accessRestrictions = new Map([['catalog', {}]]);
    const restricted = await sign({ accessRestrictions });
    await verifying(parseCompact(restricted), verification, ['ES256']);
    expect(parseCompact(restricted).header).not.toBe(parseCompact(restricted).header);
  });

  it('keeps apart the headers of many keys', async () => {
    for (let index = 0; index < 250; index += 1) {
      const kid = `key-${index % 120}`;
      const key = { ...es256.verification, kid };
      const token = await signJws('test', { sub: 'x' }, { ...es256.signing, kid });
      await verifying(parseCompact(token), key, ['ES256']);
      expect(parseCompact(token).header).toEqual({ typ: 'test', alg: 'ES256', kid });
    }
  });

  it('refuses an algorithm that this kind of token may not use, though the key has it', async () => {
    const jws = parseCompact(await signJws('test', {}, keyOf('ES384').signing));
    await expect(verifying(jws, keyOf('ES384').verification, ['ES256'])).rejects.toMatchObject({
      code: 'AUTH_ALGORITHM_NOT_ALLOWED',
      reason: expect.stringContaining('expected alg to be ES256, found "ES384"') as unknown,
    });
  });

  it.each([
    ['Ed25519', 'EdDSA'],
    ['EdDSA', 'Ed25519'],
  ] as const)(
    'takes a token of %s with a key of %s, where both are allowed',
    async (alg, keyAlg) => {
      const { signing, verification } = keyOf(keyAlg);
      const jws = parseCompact(forge({ alg }, { sub: 'x' }, signing));
      await expect(verifying(jws, verification, [keyAlg, alg])).resolves.toEqual({ sub: 'x' });
      await expect(verifying(jws, verification, [keyAlg])).rejects.toMatchObject({
        code: 'AUTH_ALGORITHM_NOT_ALLOWED',
      });
    },
  );

  it.each(['none', 'None', 'NONE', 'nOnE', 'none ', 'es256', 'HS256', 'ES256\u0000', 'toString'])(
    'refuses the algorithm %j, signed or not',
    async alg => {
      const [header, payload, signature] = forge({ alg }, { sub: 'x' }, es256.signing).split('.');
      for (const last of [signature, 'AA']) {
        const jws = parseCompact(`${header}.${payload}.${last}`);
        await expect(verifying(jws, es256.verification, ['ES256'])).rejects.toMatchObject({
          code: 'AUTH_ALGORITHM_NOT_ALLOWED',
        });
      }
    },
  );

  it('keeps the paddings of RSA apart', async () => {
    const { signing, verification } = keyOf('PS256');
    const input = (await signJws('test', {}, signing)).split('.').slice(0, 2).join('.');
    const pkcs1 = sign('sha256', Buffer.from(input), {
      key: signing.privateKey,
      padding: constants.RSA_PKCS1_PADDING,
    });
    await expect(
      verifying(parseCompact(`${input}.${pkcs1.toString('base64url')}`), verification, ['PS256']),
    ).rejects.toMatchObject({ code: 'AUTH_SIGNATURE_INVALID' });
  });

  it('never uses a key that the token brings', async () => {
    const attacker = createKey('key-ES256');
    const header = {
      alg: 'ES256',
      kid: 'key-ES256',
      jwk: attacker.jwk,
      jku: 'http://127.0.0.1:9/',
      x5u: 'http://127.0.0.1:9/',
    };
    const token = forge(header, { sub: 'x' }, attacker.signing);
    await expect(
      verifying(parseCompact(token), es256.verification, ['ES256']),
    ).rejects.toMatchObject({ code: 'AUTH_SIGNATURE_INVALID' });
  });

  it('says of a signature that does not verify with which key, and of an algorithm that the key has another', async () => {
    const token = await signJws('test', {}, createKey('key-ES256').signing);
    await expect(
      verifying(parseCompact(token), es256.verification, ['ES256']),
    ).rejects.toMatchObject({
      reason:
        'the ES256 signature does not verify with the key "key-ES256" that the issuer publishes; the token was changed, or another installation uses the same key id',
    });
    const other = parseCompact(await signJws('test', {}, keyOf('ES384').signing));
    await expect(verifying(other, es256.verification, ['ES256', 'ES384'])).rejects.toMatchObject({
      reason: 'expected alg to be that of the key "key-ES256", which is ES256, found "ES384"',
    });
    await expect(verifying(other, es256.verification, ['ES256', 'RS256'])).rejects.toMatchObject({
      reason: 'expected alg to be ES256 or RS256, found "ES384"',
    });
  });

  it('takes it for an outage that the host cannot verify', async () => {
    const jws = parseCompact(await signJws('test', {}, es256.signing));
    const publicKey = createSecretKey(Buffer.alloc(32));
    await expect(
      verifying(jws, { ...es256.verification, publicKey }, ['ES256']),
    ).rejects.toMatchObject({
      code: 'AUTH_KEYS_UNAVAILABLE',
      reason: expect.stringContaining('node:crypto cannot verify ES256 signatures') as unknown,
    });
  });
});

describe('signJws', () => {
  it('names what limits a token as critical', async () => {
    const restrictions = new Map([['catalog', { permissionNames: ['catalog.read'] }]]);
    const token = await signJws('test', { sub: 'jané' }, es256.signing, {
      accessRestrictions: restrictions,
    });
    expect(decode(token)).toMatchObject({
      header: {
        typ: 'test',
        alg: 'ES256',
        kid: 'key-ES256',
        crit: ['urn:stagepass:access-restrictions'],
        'urn:stagepass:access-restrictions': writeAccessRestrictions(restrictions),
      },
      payload: { sub: 'jané' },
    });
    expect(decode(await signJws('test', {}, es256.signing)).header).toEqual({
      typ: 'test',
      alg: 'ES256',
      kid: 'key-ES256',
    });
  });

  it('takes it for an outage that the host cannot sign', async () => {
    const key = { ...es256.signing, privateKey: es256.publicKey };
    await expect(signJws('test', {}, key)).rejects.toMatchObject({
      code: 'AUTH_KEYS_UNAVAILABLE',
      reason: expect.stringContaining('node:crypto cannot sign with ES256') as unknown,
    });
  });
});
