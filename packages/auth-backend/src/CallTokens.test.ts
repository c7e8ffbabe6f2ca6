import type { BackstageCredentials, BackstageUserPrincipal } from '@stagepass/auth-node';
import type { AuthBackendOptions, PluginAuthOptions } from './AuthBackend';
import { settle } from './testing/FakeNetwork';
import { Installation } from './testing/Installation';
import { decode } from './testing/tokenFixtures';

const name = 'urn:stagepass:access-restrictions';

async function setUp(options: AuthBackendOptions = {}, own: PluginAuthOptions = {}) {
  const it = new Installation(options);
  const auth = await it.backend.forPlugin('scaffolder', own);
  const issue = async (onBehalfOf: BackstageCredentials, targetPluginId = 'catalog') =>
    (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId })).token;
  return { it, auth, issue };
}

/** For whom a plugin calls. */
const callers: Array<[string, (it: Installation) => string | undefined]> = [
  ['itself', () => undefined],
  ['a user', it => it.userToken({ exp: it.now + 86_400 })],
  [
    'a user, with a limited token',
    it => it.pluginToken({ obo: it.limitedUserToken({ exp: it.now + 86_400 }) }),
  ],
  [
    'a restricted caller',
    it => it.pluginToken({}, { crit: [name], [name]: { scaffolder: {}, catalog: {}, search: {} } }),
  ],
];

describe.each(callers)('a token for a call for %s', (caller, write) => {
  async function setUpCaller(options: AuthBackendOptions = {}, own: PluginAuthOptions = {}) {
    const world = await setUp(options, own);
    const token = write(world.it);
    const credentials =
      token === undefined
        ? await world.auth.getOwnServiceCredentials()
        : await world.auth.authenticate(token);
    return { ...world, credentials, token };
  }

  it('goes out again for the same call, also where the credentials are other objects', async () => {
    const { auth, issue, credentials, token } = await setUpCaller();
    const first = await issue(credentials);
    expect(await issue(credentials)).toBe(first);
    const again =
      token === undefined ? await auth.getOwnServiceCredentials() : await auth.authenticate(token);
    expect(await issue(again)).toBe(first);
  });

  it('is another for another plugin', async () => {
    const { issue, credentials } = await setUpCaller();
    const first = await issue(credentials);
    const other = await issue(credentials, 'search');
    expect(decode(first).payload.aud).toBe('catalog');
    expect(decode(other).payload.aud).toBe('search');
  });

  it('is another after a tenth of its life, or with a clock that was set back', async () => {
    const { it, issue, credentials } = await setUpCaller();
    it.clock.setTime(Math.floor(it.clock.now() / 1000) * 1000);
    const first = await issue(credentials);
    expect(decode(first).payload.exp).toBe(it.now + 3600);
    it.clock.setTime(it.clock.now() + 359_999);
    expect(await issue(credentials)).toBe(first);
    it.clock.setTime(it.clock.now() + 1);
    expect(await issue(credentials)).not.toBe(first);
    it.clock.setTime(it.clock.now() - 390_000);
    expect(await issue(credentials)).not.toBe(first);
  });

  it('is another with another signing key', async () => {
    const { it, issue, credentials } = await setUpCaller();
    const kidOf = (token: string) => decode(token).header.kid;
    const first = await issue(credentials);
    it.clock.advance({ hours: 1 });
    expect(kidOf(await issue(credentials))).toBe(kidOf(first));
    // It is generated on the thread pool, beside everything else.
    while (it.logger.lines('info').length < 2) await settle();
    it.clock.advance({ minutes: 9 });
    const last = await issue(credentials);
    expect(kidOf(last)).toBe(kidOf(first));
    it.clock.advance({ minutes: 1 });
    expect(kidOf(await issue(credentials))).not.toBe(kidOf(first));
  });

  it('is issued anew each time where nothing is to be remembered', async () => {
    const { issue, credentials } = await setUpCaller({ cache: false });
    expect(await issue(credentials)).not.toBe(await issue(credentials));
  });

  it('is asked of a decorator each time', async () => {
    let asked = 0;
    const decorator: PluginAuthOptions['pluginTokenHandlerDecorator'] = inner => ({
      verifyToken: token => inner.verifyToken(token),
      issueToken(options) {
        asked += 1;
        return inner.issueToken(options);
      },
    });
    const { issue, credentials } = await setUpCaller(
      {},
      { pluginTokenHandlerDecorator: decorator },
    );
    for (let time = 0; time < 3; time += 1) await issue(credentials);
    expect(asked).toBe(3);
  });

  it('is recorded each time', async () => {
    const { it, issue, credentials } = await setUpCaller();
    it.events.length = 0;
    for (let time = 0; time < 3; time += 1) await issue(credentials);
    const type = caller === 'itself' ? 'issued' : 'delegated';
    expect(it.events).toEqual(
      Array.from({ length: 3 }, () => expect.objectContaining({ type, targetPluginId: 'catalog' })),
    );
  });
});

describe('a token that was issued', () => {
  it('goes out for nobody else', async () => {
    const { it, auth, issue } = await setUp();
    const own = await issue(await auth.getOwnServiceCredentials());
    const user = await issue(await auth.authenticate(it.userToken()));
    const other = await issue(await auth.authenticate(it.userToken({ sub: 'user:default/joe' })));
    const limits = (permission: string) => ({
      crit: [name],
      [name]: { scaffolder: {}, catalog: { permissionNames: [permission] } },
    });
    const a = await issue(await auth.authenticate(it.pluginToken({}, limits('a'))));
    const b = await issue(await auth.authenticate(it.pluginToken({}, limits('b'))));
    expect(new Set([own, user, other, a, b]).size).toBe(5);
    expect(decode(a).header).toMatchObject({
      [name]: { catalog: { permissionNames: ['a'] } },
    });
    expect(decode(b).header).toMatchObject({
      [name]: { catalog: { permissionNames: ['b'] } },
    });
    expect(decode(own).payload).not.toHaveProperty('obo');
  });

  it('does not go out when the limits of the caller no longer reach the plugin', async () => {
    const { it, auth, issue } = await setUp();
    const limits = { crit: [name], [name]: { scaffolder: {}, catalog: {} } };
    const credentials = await auth.authenticate(it.pluginToken({}, limits));
    await issue(credentials);
    const { allAccessRestrictions } = credentials as unknown as {
      allAccessRestrictions: Map<string, object>;
    };
    allAccessRestrictions.delete('catalog');
    await expect(issue(credentials)).rejects.toMatchObject({
      code: 'AUTH_DELEGATION_NOT_ALLOWED',
    });
  });

  it('does not go out for credentials that come out of JSON', async () => {
    const { it, auth, issue } = await setUp();
    const own = await auth.getOwnServiceCredentials();
    await issue(own);
    const stored = JSON.parse(JSON.stringify(own)) as BackstageCredentials;
    await expect(issue(stored)).rejects.toMatchObject({ code: 'AUTH_DELEGATION_NOT_ALLOWED' });
    const user = await auth.authenticate(it.userToken());
    await issue(user);
    const forged = {
      ...(JSON.parse(JSON.stringify(user)) as BackstageCredentials),
      token: it.userToken().replace(/.(?=.{9}$)/, end => (end === 'A' ? 'B' : 'A')),
    };
    await expect(issue(forged)).rejects.toMatchObject({ name: 'AuthenticationError' });
  });

  it('ends with the token of the user, to the second', async () => {
    const { it, auth, issue } = await setUp();
    const credentials = await auth.authenticate(it.userToken({ exp: it.now + 100 }));
    const first = await issue(credentials);
    expect(decode(first).payload.exp).toBe(it.now + 100);
    it.clock.advance({ seconds: 99 });
    expect(await issue(credentials)).toBe(first);
    it.clock.advance({ seconds: 1 });
    await expect(issue(credentials)).rejects.toMatchObject({ code: 'AUTH_TOKEN_EXPIRED' });
  });
});

describe('the limited token of a user whose token was verified here', () => {
  it.each([
    ['has expired', 3_600_000, 'AUTH_TOKEN_EXPIRED'],
    ['is not valid yet by a clock that was set back', -61_000, 'AUTH_TOKEN_NOT_YET_VALID'],
  ])('is refused when it %s', async (_, milliseconds, code) => {
    const { it, auth } = await setUp();
    const credentials = await auth.authenticate(it.userToken());
    const user = credentials as BackstageCredentials<BackstageUserPrincipal>;
    await expect(auth.getLimitedUserToken(user)).resolves.toBeDefined();
    it.clock.setTime(it.clock.now() + milliseconds);
    await expect(auth.getLimitedUserToken(user)).rejects.toMatchObject({ code });
  });

  it('is that of the token which the credentials hold, whatever was written over it', async () => {
    const { it, auth, issue } = await setUp();
    const [one, other] = [1, 2].map(second => it.userToken({ exp: it.now + second * 1_000 }));
    const credentials = await auth.authenticate(one!);
    Object.defineProperty(credentials, 'token', { value: other });
    const { obo } = decode(await issue(credentials)).payload;
    const expected = decode(await issue(await auth.authenticate(other!))).payload.obo;
    expect(obo).toBe(expected);
    expect(decode(obo as string).payload.exp).toBe(it.now + 2_000);
  });
});
