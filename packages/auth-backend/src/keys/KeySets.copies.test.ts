import type { DiscoveryService } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { FakeNetwork } from '../testing/FakeNetwork';
import { createKey } from '../testing/keyFixtures';
import { RecordingLogger } from '../testing/RecordingLogger';
import { illegalToken, keysUnavailable } from '../testing/refusals';
import { KeySets } from './KeySets';

const one = createKey('one');
const idp = { url: 'https://idp.example/keys', algorithms: ['ES256'] as const };
const discovery: DiscoveryService = {
  getBaseUrl: async id => `http://backend/api/${id}`,
  getExternalBaseUrl: () => Promise.reject(new Error('not for keys')),
};
const query = { kid: 'one', discovery };
const unknown = illegalToken('AUTH_KEY_UNKNOWN');

function setUp() {
  const clock = new TestClock();
  const network = new FakeNetwork(clock);
  network.publish(one.jwk);
  const asked: string[] = [];
  const keySets = new KeySets({
    network,
    logger: new RecordingLogger(),
    onAsked: where => asked.push(String(where)),
  });
  /** A copy with a network of its own, and what that was asked. */
  const copy = () => {
    const ownNetwork = new FakeNetwork(clock);
    const copied = keySets.copy({ network: ownNetwork, logger: new RecordingLogger() });
    return { copied, ownNetwork };
  };
  return { clock, network, keySets, asked, copy };
}

describe('A copy of key sets', () => {
  it('knows what they know, and asks nobody for it', async () => {
    const { keySets, copy, network } = setUp();
    keySets.addLocalPlugin('local', async () => [createKey('own').jwk]);
    keySets.setLocalUserIssuer(async () => [createKey('users').jwk]);
    await keySets.findPluginKey('catalog', query);
    await keySets.findExternalKey(idp, 'one');
    const { copied, ownNetwork } = copy();
    const own = { kid: 'own', discovery };
    const users = { kid: 'users', discovery };
    expect(await copied.findPluginKey('catalog', query)).toMatchObject({ key: { kid: 'one' } });
    expect(await copied.findExternalKey(idp, 'one')).toMatchObject({ key: { kid: 'one' } });
    expect(await copied.findPluginKey('local', own)).toMatchObject({ key: { kid: 'own' } });
    expect(await copied.findUserKey(users)).toMatchObject({ key: { kid: 'users' } });
    expect(ownNetwork.requests).toEqual([]);
    expect(network.requests).toHaveLength(2);
  });

  it('asks by itself from then on, and its answers change nothing in them', async () => {
    const { keySets, copy, network, clock } = setUp();
    await keySets.findPluginKey('catalog', query);
    const { copied, ownNetwork } = copy();
    ownNetwork.publish(createKey('two').jwk);
    clock.advance(60_000);
    await expect(copied.findPluginKey('catalog', query)).rejects.toMatchObject(unknown);
    expect(ownNetwork.requests).toHaveLength(1);
    expect(await keySets.findPluginKey('catalog', query)).toMatchObject({ key: { kid: 'one' } });
    expect(network.requests).toHaveLength(2);
  });

  it('has keys that are as old as theirs, and an empty set doubted for as long', async () => {
    const { keySets, copy, network, clock } = setUp();
    await keySets.findPluginKey('catalog', query);
    network.publish();
    clock.advance(60_000);
    await keySets.findPluginKey('catalog', query);
    clock.advance(240_000);
    const { copied, ownNetwork } = copy();
    ownNetwork.publish();
    expect(await copied.findPluginKey('catalog', query)).toMatchObject({ key: { kid: 'one' } });
    clock.advance(60_000);
    await expect(copied.findPluginKey('catalog', query)).rejects.toMatchObject(unknown);
  });

  it('does not wait for the end of a pause of theirs, and has what strangers share anew', async () => {
    const { keySets, copy, network } = setUp();
    network.goDown();
    for (let stranger = 0; stranger < 11; stranger += 1) {
      await expect(keySets.findPluginKey(`x${stranger}`, query)).rejects.toMatchObject(
        keysUnavailable,
      );
    }
    expect(network.requests).toHaveLength(10);
    const { copied, ownNetwork } = copy();
    ownNetwork.publish(one.jwk);
    expect(await copied.findPluginKey('x0', query)).toMatchObject({ key: { kid: 'one' } });
    expect(await copied.findPluginKey('x10', query)).toMatchObject({ key: { kid: 'one' } });
  });

  it('knows which plugins exist', async () => {
    const { keySets, copy, network } = setUp();
    keySets.addKnownPlugin('catalog');
    network.publish();
    const { copied, ownNetwork } = copy();
    for (let stranger = 0; stranger < 10; stranger += 1) {
      await expect(copied.findPluginKey(`x${stranger}`, query)).rejects.toMatchObject(unknown);
    }
    await expect(copied.findPluginKey('x10', query)).rejects.toMatchObject(keysUnavailable);
    ownNetwork.publish(one.jwk);
    expect(await copied.findPluginKey('catalog', query)).toMatchObject({ key: { kid: 'one' } });
  });
});

describe('Who is asked for a key', () => {
  it('is told each time: the process first, and the URL where that does not know it', async () => {
    const { keySets, asked } = setUp();
    keySets.addLocalPlugin('local', async () => [createKey('own').jwk]);
    await keySets.findPluginKey('local', { kid: 'own', discovery });
    expect(asked).toEqual(['this process']);
    await keySets.findPluginKey('local', query);
    await keySets.findUserKey(query);
    await keySets.findExternalKey(idp, 'one');
    expect(asked.slice(1)).toEqual([
      'this process',
      'http://backend/api/local/.backstage/auth/v1/jwks.json',
      'http://backend/api/auth/.well-known/jwks.json',
      'https://idp.example/keys',
    ]);
  });

  it('is nobody for a token that names no key', async () => {
    const { keySets, asked } = setUp();
    await expect(
      keySets.findPluginKey('catalog', { kid: undefined, discovery }),
    ).rejects.toMatchObject({
      ...unknown,
      reason: 'expected a kid in the header, which names the key of the issuer, found none',
    });
    expect(asked).toEqual([]);
  });

  it('of third parties is one set for each URL and choice of algorithms', async () => {
    const { keySets, network } = setUp();
    await keySets.findExternalKey(idp, 'one');
    await keySets.findExternalKey({ ...idp }, 'one');
    expect(network.requests).toHaveLength(1);
    await keySets.findExternalKey({ ...idp, algorithms: ['ES256', 'RS256'] }, 'one');
    await keySets.findExternalKey({ ...idp, url: 'https://other.example/keys' }, 'one');
    expect(network.requests.map(({ url }) => url)).toEqual([
      'https://idp.example/keys',
      'https://idp.example/keys',
      'https://other.example/keys',
    ]);
  });
});

describe('A plugin of which a token was verified', () => {
  it('has spent nothing that strangers share, and is none any more', async () => {
    const { keySets, network } = setUp();
    for (let plugin = 0; plugin < 20; plugin += 1) {
      await keySets.findPluginKey(`real-${plugin}`, query);
      keySets.confirmPlugin(`real-${plugin}`);
      keySets.confirmPlugin(`real-${plugin}`);
    }
    network.publish();
    for (let stranger = 0; stranger < 10; stranger += 1) {
      await expect(keySets.findPluginKey(`x${stranger}`, query)).rejects.toMatchObject(unknown);
    }
    for (const known of ['real-0', 'x10']) keySets.confirmPlugin(known);
    await expect(keySets.findPluginKey('x11', query)).rejects.toMatchObject(unknown);
    await expect(keySets.findPluginKey('x12', query)).rejects.toMatchObject(keysUnavailable);
    await expect(keySets.findPluginKey('x10', query)).rejects.toMatchObject(unknown);
  });

  it('of this process gives nothing back', async () => {
    const { keySets, network } = setUp();
    keySets.addLocalPlugin('local', async () => []);
    network.publish();
    for (let stranger = 0; stranger < 10; stranger += 1) {
      await expect(keySets.findPluginKey(`x${stranger}`, query)).rejects.toMatchObject(unknown);
    }
    keySets.confirmPlugin('local');
    await expect(keySets.findPluginKey('x10', query)).rejects.toMatchObject(keysUnavailable);
    await expect(keySets.findPluginKey('local', query)).rejects.toMatchObject(unknown);
  });

  it('is a stranger again when ten thousand others have been met since', async () => {
    const { keySets, network } = setUp();
    network.publish();
    for (let plugin = 0; plugin <= 10_000; plugin += 1) keySets.addKnownPlugin(`known-${plugin}`);
    for (let stranger = 0; stranger < 10; stranger += 1) {
      await expect(keySets.findPluginKey(`x${stranger}`, query)).rejects.toMatchObject(unknown);
    }
    await expect(keySets.findPluginKey('known-0', query)).rejects.toMatchObject(keysUnavailable);
    await expect(keySets.findPluginKey('known-1', query)).rejects.toMatchObject(unknown);
  });
});
