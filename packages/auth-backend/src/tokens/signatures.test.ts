import { constants, createHmac, sign } from 'node:crypto';
import * as jose from 'jose';
import { createKey } from '../testing/keyFixtures';
import { forge } from '../testing/tokenFixtures';
import { isSameAlgorithm, type SignatureAlgorithm, signatureAlgorithms } from './algorithms';
import { parseCompact } from './parseCompact';
import { signJws } from './signJws';
import { verifyJws } from './verifyJws';

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
    await expect(verifyJws(parseCompact(token), verification, [alg])).resolves.toEqual({
      sub: 'jane',
    });
  });

  it('refuses the token of another key, and a key of another algorithm', async () => {
    const token = await signJws('test', { sub: 'jane' }, createKey('other', alg).signing);
    await expect(verifyJws(parseCompact(token), verification, [alg])).rejects.toMatchObject({
      code: 'AUTH_SIGNATURE_INVALID',
      message: 'Illegal token',
    });
    const others = signatureAlgorithms.filter(other => !isSameAlgorithm(other, alg));
    for (const other of others) {
      const jws = parseCompact(await signJws('test', {}, keyOf(other).signing));
      await expect(verifyJws(jws, verification, signatureAlgorithms)).rejects.toMatchObject({
        code: 'AUTH_ALGORITHM_NOT_ALLOWED',
        message: 'Illegal token',
      });
    }
  });
});

describe('verifyJws', () => {
  it('refuses an algorithm that this kind of token may not use, though the key has it', async () => {
    const jws = parseCompact(await signJws('test', {}, keyOf('ES384').signing));
    await expect(verifyJws(jws, keyOf('ES384').verification, ['ES256'])).rejects.toMatchObject({
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
      await expect(verifyJws(jws, verification, [keyAlg, alg])).resolves.toEqual({ sub: 'x' });
      await expect(verifyJws(jws, verification, [keyAlg])).rejects.toMatchObject({
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
        await expect(verifyJws(jws, es256.verification, ['ES256'])).rejects.toMatchObject({
          code: 'AUTH_ALGORITHM_NOT_ALLOWED',
        });
      }
    },
  );

  it('refuses a public key used as a secret, in whatever form', async () => {
    const { publicKey } = es256.verification;
    const { x, y } = es256.jwk as unknown as { x: string; y: string };
    const point = Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
    const secrets: Array<string | Buffer> = [
      pem,
      pem.trim(),
      pem.replaceAll('\n', '\r\n'),
      ` ${pem}`,
      `text\n${pem}`,
      publicKey.export({ format: 'der', type: 'spki' }),
      JSON.stringify(es256.jwk),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
      point,
      Buffer.concat([Buffer.from([4]), point]),
      Buffer.from(x, 'base64url'),
    ];
    for (const alg of ['HS256', 'ES256']) {
      const [input] = [forge({ alg, kid: 'key-ES256' }, { sub: 'x' }, es256.signing)].map(token =>
        token.slice(0, token.lastIndexOf('.')),
      );
      for (const secret of secrets) {
        const forged = createHmac('sha256', secret).update(input!).digest('base64url');
        await expect(
          verifyJws(parseCompact(`${input}.${forged}`), es256.verification, ['ES256']),
        ).rejects.toMatchObject({ name: 'AuthenticationError' });
      }
    }
  });

  it('refuses every change of a single bit', async () => {
    const token = await signJws(
      'vnd.backstage.plugin',
      { sub: 'catalog', aud: 'b' },
      es256.signing,
    );
    const [header, payload, signature] = token
      .split('.')
      .map(part => Buffer.from(part, 'base64url'));
    let accepted = 0;
    let refused = 0;
    for (const segment of [header!, payload!, signature!]) {
      for (let bit = 0; bit < segment.length * 8; bit += 1) {
        segment[bit >> 3]! ^= 1 << (bit & 7);
        const changed = [header!, payload!, signature!].map(part => part.toString('base64url'));
        try {
          await verifyJws(parseCompact(changed.join('.')), es256.verification, ['ES256']);
          accepted += 1;
        } catch (error) {
          expect(error).toMatchObject({ name: 'AuthenticationError' });
          refused += 1;
        }
        segment[bit >> 3]! ^= 1 << (bit & 7);
      }
    }
    expect(accepted).toBe(0);
    expect(refused).toBe((header!.length + payload!.length + 64) * 8);
  });

  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const number = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

  it.each<[string, Buffer]>([
    ['all zero', Buffer.alloc(64)],
    ['r = 0', Buffer.concat([number(0n), number(1n)])],
    ['s = 0', Buffer.concat([number(1n), number(0n)])],
    ['r = n', Buffer.concat([number(order), number(1n)])],
    ['s = n', Buffer.concat([number(1n), number(order)])],
    ['r = n - 1, s = 1', Buffer.concat([number(order - 1n), number(1n)])],
    ['of 63 bytes', Buffer.alloc(63, 1)],
    ['of 65 bytes', Buffer.alloc(65, 1)],
    ['of 96 bytes', Buffer.alloc(96, 1)],
    ['of 132 bytes', Buffer.alloc(132, 1)],
  ])('refuses a signature that is %s', async (_, bytes) => {
    const token = await signJws('test', { sub: 'x' }, es256.signing);
    const input = token.slice(0, token.lastIndexOf('.') + 1);
    await expect(
      verifyJws(parseCompact(input + bytes.toString('base64url')), es256.verification, ['ES256']),
    ).rejects.toMatchObject({ code: 'AUTH_SIGNATURE_INVALID' });
  });

  it('refuses a good signature in DER, or with zeros around it', async () => {
    const token = await signJws('test', { sub: 'x' }, es256.signing);
    const input = token.slice(0, token.lastIndexOf('.'));
    const der = sign('sha256', Buffer.from(input), es256.signing.privateKey);
    const raw = parseCompact(token).signature;
    const zero = Buffer.alloc(1);
    for (const bytes of [der, Buffer.concat([raw, zero]), Buffer.concat([zero, raw])]) {
      await expect(
        verifyJws(parseCompact(`${input}.${bytes.toString('base64url')}`), es256.verification, [
          'ES256',
        ]),
      ).rejects.toMatchObject({ code: 'AUTH_SIGNATURE_INVALID' });
    }
  });

  it('keeps the paddings of RSA apart', async () => {
    const { signing, verification } = keyOf('PS256');
    const input = (await signJws('test', {}, signing)).split('.').slice(0, 2).join('.');
    const pkcs1 = sign('sha256', Buffer.from(input), {
      key: signing.privateKey,
      padding: constants.RSA_PKCS1_PADDING,
    });
    await expect(
      verifyJws(parseCompact(`${input}.${pkcs1.toString('base64url')}`), verification, ['PS256']),
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
      verifyJws(parseCompact(token), es256.verification, ['ES256']),
    ).rejects.toMatchObject({ code: 'AUTH_SIGNATURE_INVALID' });
  });
});
