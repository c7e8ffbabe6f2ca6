import type { DiscoveryService } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { FakeNetwork } from '../testing/FakeNetwork';
import { createKey } from '../testing/keyFixtures';
import { RecordingLogger } from '../testing/RecordingLogger';
import { illegalToken, keysUnavailable } from '../testing/refusals';
import { KeySets } from './KeySets';

const one = createKey('one');
const two = createKey('two');

function discoveryOf(baseUrl: (id: string) => string | Promise<string>): DiscoveryService {
  return {
    getBaseUrl: async id => baseUrl(id),
    getExternalBaseUrl: () => Promise.reject(new Error('not for keys')),
  };
}

const discovery = discoveryOf(id => `http://backend:7007/api/${id}`);

function setUp() {
  const clock = new TestClock();
  const network = new FakeNetwork(clock);
  const keySets = new KeySets({ network, logger: new RecordingLogger() });
  return { clock, network, keySets, urls: () => network.requests.map(({ url }) => url) };
}

describe('KeySets', () => {
  it('asks a plugin and the auth plugin where each publishes its keys', async () => {
    const { keySets, network, urls } = setUp();
    network.publish(one.jwk);
    await keySets.findPluginKey('catalog', { kid: 'one', discovery });
    await keySets.findPluginKey('auth', { kid: 'one', discovery });
    await keySets.findUserKey({ kid: 'one', discovery });
    expect(urls()).toEqual([
      'http://backend:7007/api/catalog/.backstage/auth/v1/jwks.json',
      'http://backend:7007/api/auth/.backstage/auth/v1/jwks.json',
      'http://backend:7007/api/auth/.well-known/jwks.json',
    ]);
  });

  it('does not forget a plugin for thousands that do not exist', async () => {
    const { keySets, network } = setUp();
    network.publish(one.jwk);
    await keySets.findPluginKey('catalog', { kid: 'one', discovery });
    network.answer = () => new Response('', { status: 404 });
    const unknown = illegalToken('AUTH_KEY_UNKNOWN');
    for (let index = 0; index < 2_000; index += 1) {
      keySets.addKnownPlugin(`no-plugin-${index}`);
      const stranger = keySets.findPluginKey(`no-plugin-${index}`, { kid: 'one', discovery });
      await expect(stranger).rejects.toMatchObject(unknown);
    }
    network.goDown();
    const known = keySets.findPluginKey('catalog', { kid: 'one', discovery });
    expect(await known).toMatchObject({ key: { kid: 'one' } });
  });

  it('forgets the one that was not used for the longest time, where all have keys', async () => {
    const { keySets, network, urls } = setUp();
    network.publish(one.jwk);
    const find = (id: string) => {
      keySets.addKnownPlugin(id);
      return keySets.findPluginKey(id, { kid: 'one', discovery });
    };
    for (let index = 0; index < 1_000; index += 1) await find(`plugin-${index}`);
    await find('plugin-0');
    await find('one-more');
    expect(urls()).toHaveLength(1_001);
    await find('plugin-0');
    expect(urls()).toHaveLength(1_001);
    await find('plugin-1');
    expect(urls()).toHaveLength(1_002);
  });

  it('keeps the keys of plugins and of users apart', async () => {
    const { keySets } = setUp();
    keySets.addLocalPlugin('auth', async () => [one.jwk]);
    keySets.setLocalUserIssuer(async () => [two.jwk]);
    const unknown = illegalToken('AUTH_KEY_UNKNOWN');
    await expect(keySets.findUserKey({ kid: 'one', discovery })).rejects.toMatchObject(unknown);
    await expect(keySets.findPluginKey('auth', { kid: 'two', discovery })).rejects.toMatchObject(
      unknown,
    );
    await expect(keySets.findPluginKey('catalog', { kid: 'one', discovery })).rejects.toMatchObject(
      unknown,
    );
  });

  it('asks the network only for what the process does not know', async () => {
    const { keySets, network, urls } = setUp();
    keySets.addLocalPlugin('catalog', async () => [one.jwk]);
    const local = await keySets.findPluginKey('catalog', { kid: 'one', discovery });
    expect(local.key.publicKey.equals(one.publicKey)).toBe(true);
    expect(urls()).toEqual([]);

    // Another replica of the plugin signs too.
    network.publish(one.jwk, two.jwk);
    const other = await keySets.findPluginKey('catalog', { kid: 'two', discovery });
    expect(other.key.publicKey.equals(two.publicKey)).toBe(true);
    expect(urls()).toEqual(['http://backend:7007/api/catalog/.backstage/auth/v1/jwks.json']);
  });

  it('needs a kid, and asks nobody without one', async () => {
    const { keySets, urls } = setUp();
    keySets.addLocalPlugin('catalog', async () => [one.jwk]);
    await expect(
      keySets.findPluginKey('catalog', { kid: undefined, discovery }),
    ).rejects.toMatchObject({
      ...illegalToken('AUTH_KEY_UNKNOWN'),
      reason: 'expected a kid in the header, which names the key of the issuer, found none',
    });
    expect(urls()).toEqual([]);
  });

  it.each([
    ['http://backend/api/catalog/', 'http://backend/api/catalog/.backstage/auth/v1/jwks.json'],
    ['http://backend/api/catalog//', 'http://backend/api/catalog/.backstage/auth/v1/jwks.json'],
    ['https://backend', 'https://backend/.backstage/auth/v1/jwks.json'],
  ])('joins the base URL %s and the path', async (baseUrl, expected) => {
    const { keySets, network, urls } = setUp();
    network.publish(one.jwk);
    await keySets.findPluginKey('catalog', { kid: 'one', discovery: discoveryOf(() => baseUrl) });
    expect(urls()).toEqual([expected]);
  });

  it.each<[string, (id: string) => string | Promise<string>, string]>([
    [
      'fails',
      () => Promise.reject(new Error('unknown plugin')),
      'discovery does not give a base URL for the plugin "catalog": "Error: unknown plugin"',
    ],
    [
      'returns nothing',
      () => undefined as never,
      'discovery does not give a base URL for the plugin "catalog": "TypeError: Invalid URL"',
    ],
    [
      'returns no URL',
      () => '/api/catalog',
      'discovery does not give a base URL for the plugin "catalog": "TypeError: Invalid URL"',
    ],
    [
      'returns a file',
      () => 'file:///etc',
      'expected discovery to give the plugin "catalog" a base URL of http or https without credentials, found one of "file:"',
    ],
    [
      'returns data',
      () => 'data:application/json,{}',
      'expected discovery to give the plugin "catalog" a base URL of http or https without credentials, found one of "data:"',
    ],
    [
      'returns a user name',
      () => 'http://user@backend/api',
      'expected discovery to give the plugin "catalog" a base URL of http or https without credentials, found one of "http:"',
    ],
    [
      'returns a password',
      () => 'http://:hunter2@backend/api',
      'expected discovery to give the plugin "catalog" a base URL of http or https without credentials, found one of "http:"',
    ],
  ])('cannot decide while discovery %s, and sends nothing', async (_, baseUrl, reason) => {
    const { keySets, urls } = setUp();
    await expect(
      keySets.findPluginKey('catalog', { kid: 'one', discovery: discoveryOf(baseUrl) }),
    ).rejects.toMatchObject({ ...keysUnavailable, reason });
    expect(urls()).toEqual([]);
  });

  it('gives a new URL a set of its own', async () => {
    const { keySets, network, urls } = setUp();
    network.publish(one.jwk);
    await keySets.findPluginKey('catalog', {
      kid: 'one',
      discovery: discoveryOf(() => 'http://a'),
    });
    network.publish(two.jwk);
    await expect(
      keySets.findPluginKey('catalog', { kid: 'one', discovery: discoveryOf(() => 'http://b') }),
    ).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
    expect(urls()).toHaveLength(2);
  });

  it('asks discovery anew ten milliseconds after a key was found, and at once for any other key', async () => {
    const { keySets, network, clock } = setUp();
    network.publish(one.jwk);
    const asked: string[] = [];
    const getBaseUrl = async (id: string) => {
      asked.push(id);
      return `http://backend/api/${id}`;
    };
    const counting = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
    const find = async (kid: string, from: DiscoveryService = counting) =>
      keySets.findPluginKey('catalog', { kid, discovery: from });
    keySets.addKnownPlugin('catalog');
    await find('one');
    clock.advance(9);
    expect(await find('one')).toMatchObject({ key: { kid: 'one' } });
    expect(asked).toHaveLength(1);
    await expect(find('two')).rejects.toMatchObject({ code: 'AUTH_KEY_UNKNOWN' });
    expect(asked).toHaveLength(2);
    // What nobody publishes costs nobody else anything.
    expect(await find('one')).toMatchObject({ key: { kid: 'one' } });
    expect(asked).toHaveLength(2);
    clock.advance(1);
    await find('one');
    expect(asked).toHaveLength(3);
    await find('one', { ...counting });
    expect(asked).toHaveLength(4);
  });

  it('asks discovery once for those who have waited longer than it has been asked', async () => {
    const { keySets, network, clock } = setUp();
    network.publish(one.jwk);
    const asked: string[] = [];
    const counting = discoveryOf(id => {
      asked.push(id);
      return `http://backend/api/${id}`;
    });
    let open = () => {};
    const opened = new Promise<void>(resolve => (open = resolve));
    keySets.addLocalPlugin('catalog', () => opened.then(() => []));
    const find = async (kid: string) =>
      keySets.findPluginKey('catalog', { kid, discovery: counting });
    const waiting = Array.from({ length: 200 }, (_, index) => find(`no-key-${index}`));
    clock.advance(1);
    open();
    const refusals = await Promise.allSettled(waiting);
    expect(refusals.filter(({ status }) => status === 'rejected')).toHaveLength(200);
    expect(asked).toHaveLength(1);
    expect(await find('one')).toMatchObject({ key: { kid: 'one' } });
    expect(asked).toHaveLength(2);
  });

  it('keeps a thousand remote sets, those that were used last', async () => {
    const { keySets, network, urls } = setUp();
    network.publish(one.jwk);
    const find = (id: string) => {
      keySets.addKnownPlugin(id);
      return keySets.findPluginKey(id, { kid: 'one', discovery });
    };
    await find('busy');
    await find('idle');
    for (let plugin = 0; plugin < 999; plugin += 1) {
      await find(`plugin-${plugin}`);
      await find('busy');
    }
    const ofBusy = urls().filter(url => url.includes('/busy/'));
    expect(ofBusy).toHaveLength(1);
    const before = urls().length;
    await find('idle');
    expect(urls()).toHaveLength(before + 1);
  });
});
