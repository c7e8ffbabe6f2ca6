import { createHmac } from 'node:crypto';
import { Installation, JANE } from '../../packages/auth-backend/src/testing/Installation';
import { createKey, type KeyFixture } from '../../packages/auth-backend/src/testing/keyFixtures';
import { segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import type { SignatureAlgorithm } from '../../packages/auth-backend/src/tokens/algorithms';
import { expectRefused, openReceiver, type Receiver } from './refusal';

const NOT_ALLOWED = 'AUTH_ALGORITHM_NOT_ALLOWED';

/** Every form in which a published key could be taken for a secret. */
function publicForms({ publicKey, jwk }: KeyFixture): Array<string | Buffer> {
  const spki = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const pkcs1 =
    publicKey.asymmetricKeyType === 'rsa'
      ? [publicKey.export({ format: 'pem', type: 'pkcs1' }) as string]
      : [];
  const coordinates = ['x', 'y', 'n'].flatMap(name => jwk[name] ?? []);
  const raw = Buffer.concat(coordinates.map(text => Buffer.from(text, 'base64url')));
  const { kid, alg, ...bare } = jwk;
  return [
    ...[spki, ...pkcs1].flatMap(pem => [pem, pem.trim(), pem.replaceAll('\n', '\r\n')]),
    ` ${spki}`,
    `text\n${spki}`,
    publicKey.export({ format: 'der', type: 'spki' }),
    ...[jwk, bare, { kid, alg, ...bare }].map(value => JSON.stringify(value)),
    raw,
    Buffer.concat([Buffer.from([4]), raw]),
    Buffer.from(coordinates[0]!, 'base64url'),
    '',
  ];
}

function signWithSecret(header: object, claims: object, secret: string | Buffer): string {
  const input = `${segment(header)}.${segment(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** The header and claims of a good token. */
function partsOf(token: string): [Record<string, unknown>, Record<string, unknown>] {
  const [header = {}, claims = {}] = token
    .split('.')
    .slice(0, 2)
    .map(text => JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>);
  return [header, claims];
}

describe('the algorithm of a plugin or user token', () => {
  let receiver: Receiver;

  beforeEach(async () => {
    receiver = await openReceiver(new Installation());
  });

  /** A good token of each kind, with the key that signed it, and what of its header is changed. */
  const kinds = (header: object, key?: KeyFixture): string[] => {
    const { installation } = receiver;
    return [
      installation.pluginToken({}, header, key),
      installation.userToken({}, header, key),
      installation.limitedUserToken({}, header, key),
    ];
  };

  it.each(['none', 'None', 'NONE', 'noNe', 'none ', 'nOnE'])(
    'ALG-01 %j is none of them, with any signature or without',
    async alg => {
      for (const token of kinds({ alg })) {
        const unsigned = token.slice(0, token.lastIndexOf('.') + 1);
        await expectRefused(receiver, unsigned);
        await expectRefused(receiver, unsigned.slice(0, -1));
        for (const presented of [token, `${unsigned}AA`, `${unsigned}${'A'.repeat(86)}`]) {
          await expectRefused(receiver, presented, NOT_ALLOWED, { allowLimitedAccess: true });
        }
      }
    },
  );

  it('ALG-02 a published key is no secret, in any form', async () => {
    const { catalogKey, userKey } = receiver.installation;
    expect(publicForms(catalogKey).length).toBeGreaterThanOrEqual(11);
    for (const [token, key] of kinds({}).map(
      (it, index) => [it, index === 0 ? catalogKey : userKey] as const,
    )) {
      const [header, claims] = partsOf(token);
      for (const secret of publicForms(key)) {
        for (const alg of ['HS256', 'HS384', 'HS512']) {
          const forged = signWithSecret({ ...header, alg }, claims, secret);
          await expectRefused(receiver, forged, NOT_ALLOWED, { allowLimitedAccess: true });
        }
        const forged = signWithSecret(header, claims, secret);
        await expectRefused(receiver, forged, 'AUTH_SIGNATURE_INVALID', {
          allowLimitedAccess: true,
        });
      }
    }
  });

  it.each(['ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'Ed25519', 'ES256K', 'HS256'])(
    'ALG-03 %s with the id of a P-256 key is refused, signed by that key or by one of its own',
    async alg => {
      const others: Partial<Record<string, SignatureAlgorithm>> = {
        ES256K: 'ES256',
        HS256: 'ES256',
      };
      const own = createKey('own', others[alg] ?? (alg as SignatureAlgorithm));
      for (const token of [...kinds({ alg }), ...kinds({ alg }, own)]) {
        await expectRefused(receiver, token, NOT_ALLOWED, { allowLimitedAccess: true });
      }
    },
  );

  it('ALG-03 only ES256 is accepted of an issuer that publishes other keys too', async () => {
    const p384 = createKey('catalog-384', 'ES384');
    const { installation, auth } = receiver;
    installation.network.publish(installation.catalogKey.jwk, installation.userKey.jwk, p384.jwk);
    installation.clock.advance({ minutes: 2 });
    for (const token of kinds({ alg: 'ES384', kid: 'catalog-384' }, p384)) {
      await expectRefused(receiver, token, NOT_ALLOWED, { allowLimitedAccess: true });
    }
    expect(await auth.authenticate(installation.pluginToken())).toBeDefined();
  });

  it('ALG-03 another algorithm is accepted of users where it is configured, and no third', async () => {
    const installation = new Installation({
      config: { backend: { auth: {} }, auth: { identityTokenAlgorithm: 'ES384' } },
    });
    const p384 = createKey('user-384', 'ES384');
    installation.network.publish(p384.jwk, createKey('user-rsa', 'RS256').jwk);
    const auth = await installation.plugin();
    const token = installation.userToken({}, { alg: 'ES384', kid: 'user-384' }, p384);
    expect(await auth.authenticate(token)).toMatchObject({ principal: { userEntityRef: JANE } });
    const rsa = installation.userToken({}, { alg: 'RS256', kid: 'user-rsa' });
    await expectRefused({ installation, auth }, rsa, NOT_ALLOWED);
  });

  it.each([
    ['a number', 1, 'AUTH_TOKEN_MALFORMED'],
    ['null', null, 'AUTH_TOKEN_MALFORMED'],
    ['a list', ['ES256'], 'AUTH_TOKEN_MALFORMED'],
    ['an object', {}, 'AUTH_TOKEN_MALFORMED'],
    ['empty', '', 'AUTH_TOKEN_MALFORMED'],
    ['missing', undefined, 'AUTH_TOKEN_MALFORMED'],
    ['in small letters', 'es256', NOT_ALLOWED],
    ['with a NUL', 'ES256\u0000', NOT_ALLOWED],
    ['with a space', ' ES256', NOT_ALLOWED],
    ['a member of every object', 'constructor', NOT_ALLOWED],
  ] as const)('ALG-06 alg that is %s is refused', async (_, alg, code) => {
    for (const token of kinds({ alg })) {
      await expectRefused(receiver, token, code, { allowLimitedAccess: true });
    }
  });
});

describe('a key without content', () => {
  const claims = (installation: Installation) => ({
    sub: 'catalog',
    aud: 'scaffolder',
    iat: installation.now,
    exp: installation.now + 60,
  });

  it.each<[string, object]>([
    ['an empty secret', { kty: 'oct', k: '', alg: 'HS256' }],
    ['an empty point', { kty: 'EC', crv: 'P-256', x: '', y: '', alg: 'ES256' }],
    ['zeros for a point', { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }],
    ['an empty modulus', { kty: 'RSA', n: '', e: '', alg: 'RS256' }],
    ['an empty point of Ed25519', { kty: 'OKP', crv: 'Ed25519', x: '', alg: 'EdDSA' }],
    ['nothing', {}],
  ])('ALG-07 verifies nothing: %s', async (_, members) => {
    const installation = new Installation();
    installation.network.publish({ kid: 'catalog-key', ...members });
    const receiver = { installation, auth: await installation.plugin() };
    const { alg = 'ES256' } = members as { alg?: string };
    const header = { typ: 'vnd.backstage.plugin', alg, kid: 'catalog-key' };
    const isAllowed = alg === 'ES256';
    for (const secret of ['', '\u0000', Buffer.alloc(64)]) {
      const forged = signWithSecret(header, claims(installation), secret);
      await expectRefused(receiver, forged, isAllowed ? 'AUTH_KEY_UNKNOWN' : NOT_ALLOWED, {
        requests: isAllowed ? 1 : 0,
      });
    }
  });

  it('ALG-07 is refused at start as the secret of a legacy caller', () => {
    for (const secret of ['', '====', 'AAAA']) {
      const externalAccess = [{ type: 'legacy', options: { secret, subject: 'old' } }];
      expect(() => new Installation({ auth: { externalAccess } })).toThrow(
        expect.objectContaining({
          code: 'AUTH_CONFIG_INVALID',
          message: expect.stringContaining('externalAccess[0].options.secret: ') as unknown,
        }),
      );
    }
  });
});
