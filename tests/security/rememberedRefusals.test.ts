import type { AuthService } from '@stagepass/auth-node';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { illegalToken, keysUnavailable } from '../../packages/auth-backend/src/testing/refusals';
import { publish, ThirdParty } from './externalParties';

const idp = new ThirdParty();
const CATALOG = { principal: { subject: 'plugin:catalog' } };

async function setUp() {
  const it = new Installation({ auth: { externalAccess: [idp.entry()] } });
  publish(it, idp);
  return { it, auth: await it.plugin() };
}

const verify = (auth: AuthService, token: string) =>
  auth.authenticate(token, { allowLimitedAccess: true });

/** Expects a token to be accepted, the first time and again. */
async function accept(auth: AuthService, token: string): Promise<void> {
  for (let again = 0; again < 3; again += 1) {
    await expect(verify(auth, token)).resolves.toMatchObject(CATALOG);
  }
}

describe('CACHE-05 a token that was refused', () => {
  it('CACHE-05 is never accepted because it came again, alone or beside a good one', async () => {
    const { it, auth } = await setUp();
    const good = it.pluginToken();
    const bad = [
      it.pluginToken({}, {}, createKey('catalog-key')),
      it.pluginToken({ aud: 'search' }),
      `${good.slice(0, -86)}${'A'.repeat(86)}`,
    ];
    for (let again = 0; again < 5; again += 1) {
      const answers = await Promise.allSettled([good, ...bad, good].map(it => verify(auth, it)));
      expect(answers.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'rejected',
        'rejected',
        'fulfilled',
      ]);
    }
  });

  it('CACHE-05 is accepted within five seconds of being good', async () => {
    const { it, auth } = await setUp();
    const next = createKey('next-key');
    const token = it.pluginToken({}, { kid: 'next-key' }, next);
    for (let again = 0; again < 2; again += 1) {
      await expect(verify(auth, token)).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
    }
    it.network.publish(it.catalogKey.jwk, next.jwk);
    it.clock.advance({ seconds: 5 });
    await accept(auth, token);

    const early = it.pluginToken({ iat: it.now + 64, exp: it.now + 99 });
    await expect(verify(auth, early)).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_NOT_YET_VALID'),
    );
    it.clock.advance({ seconds: 5 });
    await accept(auth, early);
  });
});

describe('CACHE-06 a key that was withdrawn', () => {
  it.each<[string, number, (it: Installation) => string]>([
    ['plugin', 60, it => it.pluginToken()],
    ['user', 60, it => it.userToken()],
    ['limited user', 60, it => it.limitedUserToken()],
    ['plugin with a user', 60, it => it.pluginToken({ obo: it.limitedUserToken() })],
    ['third party', 600, it => idp.token(it.now)],
  ])('CACHE-06 makes the %s tokens that it signed bad within %d s', async (_, seconds, write) => {
    const { it, auth } = await setUp();
    const token = write(it);
    await expect(verify(auth, token)).resolves.toBeDefined();
    it.network.publish(createKey('another-key').jwk);
    it.clock.advance({ seconds });
    for (let again = 0; again < 2; again += 1) {
      await expect(verify(auth, token)).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
    }
  });

  it('CACHE-06 and published again under its id by another, verifies for that one alone', async () => {
    const { it, auth } = await setUp();
    const token = it.pluginToken();
    await expect(verify(auth, token)).resolves.toBeDefined();
    const replaced = createKey('catalog-key');
    it.network.publish(replaced.jwk);
    it.clock.advance({ seconds: 60 });
    await expect(verify(auth, token)).rejects.toMatchObject(illegalToken('AUTH_SIGNATURE_INVALID'));
    await accept(auth, it.pluginToken({}, {}, replaced));
  });
});

it('CACHE-08 a verification that fails late takes nothing away from one that succeeded since', async () => {
  const { it, auth } = await setUp();
  const token = it.pluginToken();
  const { answer } = it.network;
  it.network.hang();
  const late = [verify(auth, token), verify(auth, token)];
  const refused = late.map(result => expect(result).rejects.toMatchObject(keysUnavailable));
  await settle();
  it.network.answer = answer;
  it.clock.advance({ seconds: 6 });
  await Promise.all(refused);
  it.clock.advance({ seconds: 30 });
  await accept(auth, token);
});
