import type { PublicJwk } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { createKey } from '../testing/keyFixtures';
import { settle } from '../testing/FakeNetwork';
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
    const { key: first } = await keySet.require('one');
    clock.advance(29_999);
    expect((await keySet.require('one')).key).toBe(first);
    expect(issuer.listings).toBe(1);
    for (const listings of [2, 3]) {
      clock.advance(1);
      expect((await keySet.require('one')).key).toBe(first);
      expect(issuer.listings).toBe(listings);
      clock.advance(29_999);
      expect((await keySet.require('one')).key).toBe(first);
      expect(issuer.listings).toBe(listings);
    }
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
    await expect(keySet.require('bad')).rejects.toMatchObject({
      reason: `expected the key "bad" of this issuer, found ["one"]; ${WHY}`,
    });
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

  it('keeps known keys for three hours while its issuer fails, or is silent', async () => {
    const { keySet, issuer, clock } = setUp(one.jwk);
    await keySet.require('one');
    issuer.failure = new Error('down');
    clock.advance(3 * 3_600_000 - 1);
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
    await expect(keySet.find('two')).rejects.toMatchObject(keysUnavailable);
    clock.advance(1);
    await expect(keySet.find('one')).rejects.toMatchObject(keysUnavailable);
  });
});

describe('A listing of a local key set', () => {
  function setUpSlowly() {
    const clock = new TestClock();
    const listings: Array<(published: unknown) => void> = [];
    const list = () => new Promise<PublicJwk[]>(resolve => listings.push(resolve as never));
    return { clock, listings, keySet: new LocalKeySet(list, clock) };
  }

  it('is taken once for a thousand who ask at the same time, and once more for keys it lacks', async () => {
    const { keySet, listings, clock } = setUpSlowly();
    const known = Array.from({ length: 500 }, () => keySet.find('one'));
    const missing = Array.from({ length: 500 }, () => keySet.find('two'));
    listings[0]!([one.jwk]);
    for (const found of await Promise.all(known)) expect(found).toMatchObject({ kid: 'one' });
    // What was under way when they asked may have begun before the key was published.
    expect(listings).toHaveLength(2);
    listings[1]!([one.jwk, two.jwk]);
    for (const found of await Promise.all(missing)) expect(found).toMatchObject({ kid: 'two' });
    expect(listings).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it('that never ends is given up after 3 s, and what it says later changes nothing', async () => {
    const { keySet, listings, clock } = setUpSlowly();
    const first = expect(keySet.find('one')).rejects.toMatchObject({
      ...keysUnavailable,
      reason:
        'an issuer of this process cannot list its keys now: "Error: no complete answer within 3 s"',
    });
    clock.advance(3_000);
    await first;
    const second = keySet.find('two');
    listings[1]!([two.jwk]);
    expect(await second).toMatchObject({ kid: 'two' });
    listings[0]!([one.jwk]);
    await settle();
    expect(await keySet.find('two')).toMatchObject({ kid: 'two' });
    expect(listings).toHaveLength(2);
  });

  it('is as old as its beginning: a key that was withdrawn meanwhile is refused in time', async () => {
    const { keySet, listings, clock } = setUpSlowly();
    const first = keySet.find('one');
    clock.advance(2_900);
    listings[0]!([one.jwk]);
    await first;
    clock.advance(27_100);
    const second = keySet.find('one');
    listings[1]!([]);
    expect(await second).toBeUndefined();
  });

  it.each<[unknown]>([[undefined], [null], [{}], [[null]]])('of %j is no answer', async listed => {
    const { keySet, listings } = setUpSlowly();
    const found = expect(keySet.find('one')).rejects.toMatchObject(keysUnavailable);
    listings[0]!(listed);
    await found;
  });
});
