import type { PublicJwk } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { createKey } from '../testing/keyFixtures';
import { illegalToken, keysUnavailable } from '../testing/refusals';
import { LocalKeySet } from './LocalKeySet';

const one = createKey('one');
const two = createKey('two');

function setUp(...published: PublicJwk[]) {
  const clock = new TestClock();
  const issuer = { published, listings: 0, failure: undefined as Error | undefined };
  const keySet = new LocalKeySet(async () => {
    issuer.listings += 1;
    if (issuer.failure) throw issuer.failure;
    return issuer.published;
  }, clock);
  return { clock, issuer, keySet };
}

const WHY = 'the token is of another installation, or older than the keys';

describe('LocalKeySet', () => {
  it('finds the key that is named, ready to verify', async () => {
    const { keySet } = setUp(one.jwk, two.jwk);
    const found = await keySet.find('two');
    expect(found).toMatchObject({ kid: 'two', alg: 'ES256' });
    expect(found?.publicKey.equals(two.publicKey)).toBe(true);
  });

  it.each(['three', '', '__proto__', 'constructor', 'toString'])(
    'finds nothing under the key id %j',
    async kid => {
      const { keySet } = setUp(one.jwk);
      expect(await keySet.find(kid)).toBeUndefined();
      await expect(keySet.require(kid)).rejects.toMatchObject({
        ...illegalToken('AUTH_KEY_UNKNOWN'),
        reason: `expected the key ${JSON.stringify(kid)} of this issuer, found ["one"]; ${WHY}`,
      });
    },
  );

  it('has no key for a token that names none', async () => {
    const { keySet, issuer } = setUp(one.jwk);
    await expect(keySet.require(undefined)).rejects.toMatchObject({
      ...illegalToken('AUTH_KEY_UNKNOWN'),
      reason: `expected the key null of this issuer, found []; ${WHY}`,
    });
    expect(issuer.listings).toBe(0);
  });

  it('imports a key once, and asks for known keys again after 30 s', async () => {
    const { keySet, issuer, clock } = setUp(one.jwk);
    const first = await keySet.require('one');
    clock.advance(29_999);
    expect(await keySet.require('one')).toBe(first);
    expect(issuer.listings).toBe(1);
    clock.advance(1);
    expect(await keySet.require('one')).toBe(first);
    expect(issuer.listings).toBe(2);
  });

  it('finds a new key at once', async () => {
    const { keySet, issuer } = setUp(one.jwk);
    await keySet.require('one');
    issuer.published = [one.jwk, two.jwk];
    expect(await keySet.find('two')).toMatchObject({ kid: 'two' });
  });

  it('forgets a withdrawn key within 30 s', async () => {
    const { keySet, issuer, clock } = setUp(one.jwk, two.jwk);
    await keySet.require('one');
    issuer.published = [two.jwk];
    clock.advance(30_000);
    expect(await keySet.find('one')).toBeUndefined();
  });

  it('skips a key that cannot be used', async () => {
    const { keySet } = setUp({ kid: 'bad', kty: 'constructor', alg: 'ES256' }, one.jwk);
    expect(await keySet.find('bad')).toBeUndefined();
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
  });

  it('answers 503, not 500, while an issuer of the application fails, and recovers', async () => {
    const { keySet, issuer } = setUp(one.jwk);
    issuer.failure = new Error('connection "lost"');
    await expect(keySet.find('one')).rejects.toMatchObject({
      ...keysUnavailable,
      reason: 'an issuer of this process cannot list its keys now: "Error: connection \\"lost\\""',
    });
    issuer.failure = undefined;
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
  });
});
