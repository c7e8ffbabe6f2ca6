import { generateKeyPairSync, sign } from 'node:crypto';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { illegalToken } from '../../packages/auth-backend/src/testing/refusals';
import { segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { bearer, World } from '../refusals/World';
import { legacyEntry, SECRET, signShared } from './externalParties';

const clock = new Installation().now;
const good = { sub: 'backstage-server', exp: clock + 60 };
const hs256 = { alg: 'HS256' };

async function setUp(...entries: object[]) {
  const it = new Installation({ auth: { externalAccess: [legacyEntry, ...entries] as never } });
  return it.plugin();
}

describe('EXT-20 a token with a shared secret', () => {
  it('EXT-20 proves the configured caller, with what that caller sends', async () => {
    const auth = await setUp();
    for (const token of [
      signShared(good),
      signShared({ ...good, iat: clock, nbf: clock, iss: 'x', jti: 'y' }),
      signShared(good, { header: { alg: 'HS256', typ: 'JWT', kid: 'x' } }),
    ]) {
      expect(await auth.authenticate(token)).toMatchObject({
        principal: { subject: 'old-caller' },
      });
    }
  });

  it.each([
    ['HS384', signShared(good, { header: { alg: 'HS384' }, hash: 'sha384' })],
    ['HS512', signShared(good, { header: { alg: 'HS512' }, hash: 'sha512' })],
    ['HS256 by name, another by signature', signShared(good, { header: hs256, hash: 'sha512' })],
    ['HS384 by name, HS256 by signature', signShared(good, { header: { alg: 'HS384' } })],
    ['hs256', signShared(good, { header: { alg: 'hs256' } })],
    ['none', signShared(good, { header: { alg: 'none' } })],
    ['ES256', signEs256()],
    ['ES256 by name, HS256 by signature', signShared(good, { header: { alg: 'ES256' } })],
  ])('EXT-20 is refused with the algorithm %s', async (_, token) => {
    await expect((await setUp()).authenticate(token)).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: 'Illegal token',
    });
  });

  it('EXT-20 is refused without a signature', async () => {
    const [header, payload] = signShared(good).split('.');
    const auth = await setUp();
    for (const signature of ['', 'AA', Buffer.alloc(32).toString('base64url')]) {
      await expect(auth.authenticate(`${header}.${payload}.${signature}`)).rejects.toMatchObject({
        name: 'AuthenticationError',
        message: 'Illegal token',
      });
    }
  });

  it.each<[string, object, string]>([
    ['another subject', { sub: 'backstage' }, 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['a plugin’s subject', { sub: 'plugin:catalog' }, 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['a list as subject', { sub: ['backstage-server'] }, 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['no subject', { sub: undefined }, 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['an audience', { aud: 'scaffolder' }, 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['an empty audience', { aud: '' }, 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['an audience that is null', { aud: null }, 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['an exp that is past', { exp: clock - 1 }, 'AUTH_TOKEN_EXPIRED'],
    ['an exp that is now', { exp: clock }, 'AUTH_TOKEN_EXPIRED'],
    ['no exp', { exp: undefined }, 'AUTH_CLAIM_INVALID'],
    ['an exp that is a text', { exp: '4102444800' }, 'AUTH_CLAIM_INVALID'],
    ['an nbf ahead', { nbf: clock + 61 }, 'AUTH_TOKEN_NOT_YET_VALID'],
  ])('EXT-20 is refused with %s', async (_, claims, code) => {
    const token = signShared({ ...good, ...claims });
    await expect((await setUp()).authenticate(token)).rejects.toMatchObject(
      illegalToken(code as never),
    );
  });

  it('EXT-20 is no user, plugin or limited token, whatever it says to be', async () => {
    const auth = await setUp();
    for (const typ of [
      'vnd.backstage.user',
      'vnd.backstage.plugin',
      'vnd.backstage.limited-user',
    ]) {
      for (const sub of ['backstage-server', 'user:default/jane', 'catalog']) {
        const claims = {
          ...good,
          sub,
          iat: clock,
          ...(typ.endsWith('plugin') && { aud: 'scaffolder' }),
        };
        const token = signShared(claims, { header: { ...hs256, typ, kid: 'user-key' } });
        await expect(auth.authenticate(token, { allowLimitedAccess: true })).rejects.toMatchObject({
          name: 'AuthenticationError',
          message: 'Illegal token',
        });
      }
    }
  });
});

describe('EXT-22 two shared secrets', () => {
  const secondSecret = Buffer.alloc(32, 'second');
  const second = {
    type: 'legacy',
    options: { secret: secondSecret.toString('base64'), subject: 'second-caller' },
  };

  it('EXT-22 are both tried, whichever the first refuses for', async () => {
    const auth = await setUp(second);
    const ofSecond = (claims: object = {}) =>
      signShared({ ...good, ...claims }, { secret: secondSecret });
    for (let again = 0; again < 2; again += 1) {
      await expect(auth.authenticate(ofSecond())).resolves.toMatchObject({
        principal: { subject: 'second-caller' },
      });
      await expect(auth.authenticate(signShared(good))).resolves.toMatchObject({
        principal: { subject: 'old-caller' },
      });
    }
    // The reason is that of the secret that fits, and not the signature at the first.
    await expect(auth.authenticate(ofSecond({ exp: clock }))).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_EXPIRED'),
    );
    await expect(auth.authenticate(signShared({ ...good, exp: clock }))).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_EXPIRED'),
    );
    await expect(
      auth.authenticate(signShared(good, { secret: Buffer.alloc(32, 'third') })),
    ).rejects.toMatchObject(illegalToken('AUTH_SIGNATURE_INVALID'));
  });

  it('EXT-22 answer alike, whatever is wrong', async () => {
    const world = await new World({ externalAccess: [legacyEntry, second] as never }).start();
    const answers = new Set<string>();
    for (const secret of [SECRET, secondSecret, Buffer.alloc(32, 'third')]) {
      for (const claims of [{ exp: clock - 1 }, { exp: undefined }, { aud: 'x' }, { sub: 'x' }]) {
        const token = signShared({ ...good, ...claims }, { secret });
        answers.add(JSON.stringify(await world.send({ headers: bearer(token) })));
      }
    }
    await world.stop();
    expect([...answers]).toEqual([expect.stringContaining('Illegal token') as unknown]);
  });
});

function signEs256(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const input = `${segment({ alg: 'ES256' })}.${segment(good)}`;
  const signature = sign('sha256', Buffer.from(input), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${input}.${signature.toString('base64url')}`;
}
