import { Installation, JANE } from '../../packages/auth-backend/src/testing/Installation';
import { issue } from '../../packages/auth-backend/src/testing/credentialFixtures';
import { illegalToken } from '../../packages/auth-backend/src/testing/refusals';
import { decode, forge } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { legacyEntry, publish, signShared, ThirdParty } from './externalParties';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const idp = new ThirdParty();

/** Claims as they stand in the JSON of a token: what it can write, and numbers cannot say. */
type Written = Readonly<Record<string, string | undefined>>;

function write(good: object, written: Written): string {
  const members = Object.entries(good).map(([name, value]) => [name, JSON.stringify(value)]);
  const all = { ...Object.fromEntries(members), ...written } as Written;
  const texts = Object.entries(all).filter(([, text]) => text !== undefined);
  return `{${texts.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

/** The kinds of tokens that have times, each good for an hour but for what is written, and whom they prove. */
const kinds: Readonly<Record<string, [(it: Installation, written?: Written) => string, object]>> = {
  'a plugin token': [
    (it, written = {}) =>
      forge(
        { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'catalog-key' },
        write({ sub: 'catalog', aud: 'scaffolder', iat: it.now, exp: it.now + HOUR }, written),
        it.catalogKey.signing,
      ),
    { subject: 'plugin:catalog' },
  ],
  'a user token': [
    (it, written = {}) =>
      forge(
        { typ: 'vnd.backstage.user', alg: 'ES256', kid: 'user-key' },
        write({ sub: JANE, aud: 'backstage', iat: it.now, exp: it.now + HOUR }, written),
        it.userKey.signing,
      ),
    { userEntityRef: JANE },
  ],
  'a limited user token': [
    (it, written = {}) =>
      forge(
        { typ: 'vnd.backstage.limited-user', alg: 'ES256', kid: 'user-key' },
        write({ sub: JANE, iat: it.now, exp: it.now + HOUR }, written),
        it.userKey.signing,
      ),
    { userEntityRef: JANE },
  ],
  'a token with a shared secret': [
    (it, written = {}) =>
      signShared(write({ sub: 'backstage-server', iat: it.now, exp: it.now + HOUR }, written)),
    { subject: 'old-caller' },
  ],
  'a third party token': [
    (it, written = {}) => {
      const claims = { iss: idp.issuer, aud: 'backend', sub: 'ci' };
      return forge(
        { alg: 'ES256', kid: 'idp-key' },
        write({ ...claims, iat: it.now, exp: it.now + HOUR }, written),
        idp.key.signing,
      );
    },
    { subject: 'external:ci' },
  ],
};
const isOfThirdParty = (kind: string) => /secret|third/.test(kind);

describe.each(Object.entries(kinds))('the times of %s', (kind, [token, principal]) => {
  async function setUp() {
    const it = new Installation({ auth: { externalAccess: [legacyEntry, idp.entry()] } });
    publish(it, idp);
    const auth = await it.plugin();
    return {
      it,
      verify: (written: Written) =>
        auth.authenticate(token(it, written), { allowLimitedAccess: true }),
      verifyToken: (text: string) => auth.authenticate(text, { allowLimitedAccess: true }),
    };
  }

  it('TIM-01 end at exp, to the millisecond', async () => {
    const { it, verify, verifyToken } = await setUp();
    const iat = String(it.now - 60);
    for (const exp of [it.now - 1, it.now]) {
      await expect(verify({ iat, exp: String(exp) })).rejects.toMatchObject(
        illegalToken('AUTH_TOKEN_EXPIRED'),
      );
    }
    const last = token(it, { iat, exp: String(it.now + 1) });
    await expect(verifyToken(last)).resolves.toMatchObject({ principal });
    it.clock.advance(999);
    await expect(verifyToken(last)).resolves.toMatchObject({ principal });
    it.clock.advance(1);
    await expect(verifyToken(last)).rejects.toMatchObject(illegalToken('AUTH_TOKEN_EXPIRED'));
  });

  it.each([
    ['a text', '"4102444800"'],
    ['negative', '-1'],
    ['1e15', '1e15'],
    ['Infinity', '1e999'],
    ['-Infinity', '-1e999'],
    ['null', 'null'],
    ['true', 'true'],
    ['a list', '[4102444800]'],
    ['missing', undefined],
  ])('TIM-02 are refused with an exp that is %s', async (_, exp) => {
    const { verify } = await setUp();
    await expect(verify({ exp })).rejects.toMatchObject(illegalToken('AUTH_CLAIM_INVALID'));
  });

  it('TIM-02 are refused with exp 0', async () => {
    const { verify } = await setUp();
    // The first moment there is: before any iat, and expired without one.
    await expect(verify({ exp: '0' })).rejects.toMatchObject(illegalToken('AUTH_CLAIM_INVALID'));
    await expect(verify({ iat: '0', exp: '0' })).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_EXPIRED'),
    );
  });

  it('TIM-02 may have fractions of seconds where a third party writes them, and nowhere else', async () => {
    const { it, verify } = await setUp();
    const result = verify({ exp: `${it.now + HOUR}.5` });
    await (isOfThirdParty(kind)
      ? expect(result).resolves.toMatchObject({ principal })
      : expect(result).rejects.toMatchObject(illegalToken('AUTH_CLAIM_INVALID')));
  });

  it('TIM-03 may begin a minute ahead by nbf, and no more', async () => {
    const { it, verify } = await setUp();
    const nbf = (ahead: number) => ({ nbf: String(it.now + ahead) });
    await expect(verify(nbf(60))).resolves.toMatchObject({ principal });
    for (const ahead of [61, HOUR]) {
      await expect(verify(nbf(ahead))).rejects.toMatchObject(
        illegalToken('AUTH_TOKEN_NOT_YET_VALID'),
      );
    }
    for (const odd of ['"1"', '-1', 'null', '1e999']) {
      await expect(verify({ nbf: odd })).rejects.toMatchObject(illegalToken('AUTH_CLAIM_INVALID'));
    }
  });

  it('TIM-04 may begin a minute ahead by iat, and no more', async () => {
    const { it, verify } = await setUp();
    const iat = (ahead: number) => ({
      iat: String(it.now + ahead),
      exp: String(it.now + 2 * HOUR),
    });
    await expect(verify(iat(60))).resolves.toMatchObject({ principal });
    for (const ahead of [61, HOUR]) {
      await expect(verify(iat(ahead))).rejects.toMatchObject(
        illegalToken('AUTH_TOKEN_NOT_YET_VALID'),
      );
    }
  });

  it('TIM-04 make sense, and have an iat unless a third party leaves it out', async () => {
    const { it, verify } = await setUp();
    for (const iat of [String(it.now + HOUR + 1), '"1"', '-1', 'null', '1e999']) {
      await expect(verify({ iat })).rejects.toMatchObject(illegalToken('AUTH_CLAIM_INVALID'));
    }
    const without = verify({ iat: undefined });
    await (isOfThirdParty(kind)
      ? expect(without).resolves.toMatchObject({ principal })
      : expect(without).rejects.toMatchObject(illegalToken('AUTH_CLAIM_INVALID')));
  });

  it('TIM-09 are looked at each time, however often the token was accepted before', async () => {
    const { it, verifyToken } = await setUp();
    for (const iat of isOfThirdParty(kind) ? [String(it.now), undefined] : [String(it.now)]) {
      const accepted = token(it, { iat, exp: String(it.now + 100) });
      for (let second = 0; second < 100; second += 1) {
        await expect(verifyToken(accepted)).resolves.toMatchObject({ principal });
        it.clock.advance({ seconds: 1 });
      }
      for (let again = 0; again < 3; again += 1) {
        await expect(verifyToken(accepted)).rejects.toMatchObject(
          illegalToken('AUTH_TOKEN_EXPIRED'),
        );
      }
      it.clock.setTime(it.clock.now() - 101_000);
    }
  });
});

describe('how long a token may live', () => {
  it('TIM-05 is a day for a plugin token, whoever issued it, and an hour for ours', async () => {
    const it = new Installation();
    const auth = await it.plugin();
    const living = (seconds: number) => it.pluginToken({ iat: it.now, exp: it.now + seconds });
    await expect(auth.authenticate(living(DAY))).resolves.toMatchObject({
      principal: { subject: 'plugin:catalog' },
    });
    await expect(auth.authenticate(living(DAY + 1))).rejects.toMatchObject({
      ...illegalToken('AUTH_CLAIM_INVALID'),
      reason: `claim exp: expected at most ${DAY} s after iat, found ${it.now + DAY + 1}`,
    });
    const { payload } = decode(await issue(auth, await auth.getOwnServiceCredentials()));
    expect(Number(payload.exp) - Number(payload.iat)).toBe(HOUR);
  });

  it('TIM-05 is what the auth plugin signs for a user token; how long that is, it decides alone', async () => {
    const it = new Installation();
    const auth = await it.plugin();
    const user = await auth.authenticate(it.userToken({ exp: it.now + 30 * DAY }));
    expect(user.expiresAt).toEqual(new Date((it.now + 30 * DAY) * 1000));
    // On behalf of that user nothing lives longer than any plugin token.
    expect(decode(await issue(auth, user)).payload.exp).toBe(it.now + HOUR);
  });

  it('TIM-08 is never beyond the user for whom a plugin calls', async () => {
    const it = new Installation();
    const auth = await it.plugin();
    const user = await auth.authenticate(it.userToken({ exp: it.now + 2 }));
    expect(decode(await issue(auth, user)).payload.exp).toBe(it.now + 2);
    it.clock.advance(1_999);
    expect(decode(await issue(auth, user)).payload.exp).toBe(it.now + 1);
    it.clock.advance(1);
    await expect(issue(auth, user)).rejects.toMatchObject(illegalToken('AUTH_TOKEN_EXPIRED'));
  });

  it('TIM-08 is the shorter of the two where another implementation signed the longer one', async () => {
    const it = new Installation();
    const auth = await it.plugin();
    const obo = it.limitedUserToken({ exp: it.now + 2 });
    const token = it.pluginToken({ obo, exp: it.now + HOUR });
    const { expiresAt } = await auth.authenticate(token);
    expect(expiresAt).toEqual(new Date((it.now + 2) * 1000));
    it.clock.advance({ seconds: 2 });
    await expect(auth.authenticate(token)).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_EXPIRED'),
    );
  });
});
