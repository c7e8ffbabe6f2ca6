import { issueOwn } from '../testing/credentialFixtures';
import { Installation } from '../testing/Installation';
import { createKey } from '../testing/keyFixtures';
import { illegalToken, keysUnavailable, rejectionOf } from '../testing/refusals';

const known = { discovery: { endpoints: [{ target: 'http://backend', plugins: ['search'] }] } };
const otherKey = createKey('other-key');

/** The plugin scaffolder, and how often it has asked for the keys of which plugin. */
async function setUp(options: ConstructorParameters<typeof Installation>[0] = {}) {
  const installation = new Installation(options);
  const auth = await installation.plugin();
  const { network } = installation;
  const asked = (pluginId = '') =>
    network.requests.filter(({ url }) => url.includes(`/api/${pluginId}`)).length;
  /** Sends a token of a plugin, signed with whatever key. */
  const send = (sub: string, key = otherKey) =>
    auth.authenticate(installation.pluginToken({ sub }, { kid: key.signing.kid }, key));
  /** Sends tokens of plugins that do not exist, as many as asked. */
  const flood = async (count: number, name = 'no-plugin') => {
    const all = Array.from({ length: count }, (_, index) => send(`${name}-${index}`));
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([]);
  };
  /** Has a plugin publish its keys, beside those of the installation. */
  const publish = (pluginId: string, key = otherKey) => {
    const before = network.answer;
    network.answer = (url, init) =>
      url.includes(`/api/${pluginId}/`) ? Response.json({ keys: [key.jwk] }) : before(url, init);
  };
  return { installation, auth, asked, send, flood, publish };
}

describe('Tokens of plugins that nobody knows', () => {
  it('PLG-02 cause ten requests at once, all of them together, and then one every six seconds', async () => {
    const { installation, asked, flood } = await setUp();
    await flood(1_000);
    expect(asked()).toBe(10);
    for (let minute = 1; minute <= 3; minute += 1) {
      for (let second = 0; second < 60; second += 1) {
        installation.clock.advance(1_000);
        await flood(5, `minute-${minute}-${second}`);
      }
      expect(asked()).toBe(10 + 10 * minute);
    }
  });

  it('PLG-02 are undecided then, and say why', async () => {
    const { send, flood } = await setUp();
    await flood(10);
    expect(await rejectionOf(send('one-more'))).toMatchObject({
      ...keysUnavailable,
      reason:
        'the key set at "http://backend/api/one-more/.backstage/auth/v1/jwks.json" cannot be fetched now; tokens of plugins that are not known have caused too many requests',
    });
  });

  it.each<
    [string, Parameters<typeof setUp>[0], (it: Awaited<ReturnType<typeof setUp>>) => unknown]
  >([
    ['discovery is told of', { config: known }, () => undefined],
    ['this plugin calls', {}, ({ auth }) => issueOwn(auth, 'search')],
    ['has called before', {}, ({ send }) => send('search')],
  ])('PLG-02 take nothing from a plugin that %s', async (_, options, meet) => {
    const world = await setUp(options);
    const { installation, asked, send, flood, publish } = world;
    publish('search');
    await meet(world);
    await flood(1_000);
    const before = asked('search');
    installation.clock.advance({ minutes: 2 });
    await flood(1_000, 'later');
    // Its keys have to be fetched, for the first time or once more.
    expect(await send('search')).toMatchObject({ principal: { subject: 'plugin:search' } });
    expect(asked('search')).toBe(before + 1);
    // A key that it does not publish is refused, and not undecided.
    await expect(send('search', createKey('unknown-key'))).rejects.toMatchObject(
      illegalToken('AUTH_KEY_UNKNOWN'),
    );
    expect(asked('search')).toBe(before + 2);
  });

  it('PLG-02 take nothing from users, third parties and plugins of this process', async () => {
    const { installation, auth, flood } = await setUp();
    const search = await installation.plugin('search');
    await flood(1_000);
    await expect(auth.authenticate(installation.userToken())).resolves.toBeDefined();
    await expect(auth.authenticate(await issueOwn(search, 'scaffolder'))).resolves.toBeDefined();
  });

  it('do not count if the plugin turns out to exist: many may call for the first time', async () => {
    const { asked, send, publish, flood } = await setUp();
    for (let index = 0; index < 50; index += 1) {
      publish(`real-${index}`);
      const { principal } = await send(`real-${index}`);
      expect(principal).toMatchObject({ subject: `plugin:real-${index}` });
    }
    expect(asked('real-')).toBe(50);
    await flood(1_000);
    expect(asked('no-plugin')).toBe(10);
  });

  it('count if the plugin exists, but the token is not its', async () => {
    const { asked, send, publish } = await setUp();
    const stranger = createKey('other-key');
    for (let index = 0; index < 50; index += 1) {
      publish(`real-${index}`);
      await expect(send(`real-${index}`, stranger)).rejects.toMatchObject({
        name: expect.any(String) as string,
      });
    }
    expect(asked('real-')).toBe(10);
  });
});
