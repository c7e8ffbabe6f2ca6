import { TestClock } from '@stagepass/auth-test-utils';
import { FlakyKeyStore } from '../testing/FlakyKeyStore';
import { settle } from '../testing/FakeNetwork';
import { createKey } from '../testing/keyFixtures';
import { RecordingLogger } from '../testing/RecordingLogger';
import { keysUnavailable, rejectionOf } from '../testing/refusals';
import { signatureAlgorithms } from '../tokens/algorithms';
import { parseCompact } from '../tokens/parseCompact';
import { signJws } from '../tokens/signJws';
import { verifyJws } from '../tokens/verifyJws';
import { importVerificationKey } from './importKey';
import { keyLifecyclePolicy } from './keyLifecycle';
import { RotatingKeySource } from './RotatingKeySource';

const HOUR = 60 * 60 * 1000;

function setUp({ store = new FlakyKeyStore(), clock = new TestClock() } = {}) {
  const logger = new RecordingLogger();
  const policy = keyLifecyclePolicy(HOUR, HOUR);
  const open = () => new RotatingKeySource({ store, algorithm: 'ES256', policy, clock, logger });
  return { store, clock, logger, open, source: open() };
}

const kidsOf = (keys: Array<{ kid: string }>) => keys.map(({ kid }) => kid);

describe('the first key', () => {
  it('is one for all who ask at once, and is in the store before it signs', async () => {
    const { source, store, clock } = setUp();
    const keys = await Promise.all(Array.from({ length: 100 }, () => source.getSigningKey()));
    expect(new Set(keys).size).toBe(1);
    const [stored, ...others] = await store.listKeys();
    expect(others).toEqual([]);
    expect(stored?.key.kid).toBe(keys[0]?.kid);
    // Ten minutes before it signs, an hour of signing, an hour of outage, an hour's token, the margin.
    expect(stored?.expiresAt).toEqual(new Date(clock.now() + 3.25 * HOUR));
  });

  it('is published with its public members alone', async () => {
    const { source, store } = setUp();
    const { kid } = await source.getSigningKey();
    const [published] = await source.listPublicKeys();
    expect(Object.keys(published!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'x', 'y']);
    expect(published).toMatchObject({ kid, kty: 'EC', crv: 'P-256', alg: 'ES256' });
    expect((await store.listKeys())[0]?.key).toEqual(published);
  });

  it.each(signatureAlgorithms)('of %s signs what its published half verifies', async algorithm => {
    const { store, clock, logger } = setUp();
    const policy = keyLifecyclePolicy(HOUR, HOUR);
    const source = new RotatingKeySource({ store, algorithm, policy, clock, logger });
    const token = await signJws('test', { sub: 'x' }, await source.getSigningKey());
    const key = importVerificationKey((await source.listPublicKeys())[0]);
    if (typeof key === 'string') throw new Error(key);
    expect(await verifyJws(parseCompact(token), key, [algorithm])).toEqual({ sub: 'x' });
  });

  it('is refused to all who wait while the store fails, and made at the next call', async () => {
    const { source, store, logger } = setUp();
    store.failure = new Error('database is locked');
    const refused = await Promise.allSettled(
      Array.from({ length: 100 }, () => source.getSigningKey()),
    );
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(store.count('addKey')).toBe(1);
    const error = await rejectionOf(source.getSigningKey());
    expect(error).toMatchObject({
      ...keysUnavailable,
      reason: 'the key store does not take the signing key; see the log',
    });
    expect(JSON.stringify(error)).toBe(
      '{"name":"ServiceUnavailableError","message":"Credentials cannot be verified at the moment"}',
    );
    expect(logger.entries).toContainEqual({
      level: 'error',
      message: 'The key store does not take the next signing key',
      meta: store.failure,
    });

    store.failure = undefined;
    const { kid } = await source.getSigningKey();
    expect(kidsOf(await source.listPublicKeys())).toEqual([kid]);
  });

  it('signs although old keys cannot be deleted', async () => {
    const { source, store, logger } = setUp();
    store.deleteKeysExpiredBefore = () => Promise.reject(new Error('read-only'));
    await expect(source.getSigningKey()).resolves.toMatchObject({ alg: 'ES256' });
    expect(logger.lines('warn')).toEqual([
      'Expired keys cannot be deleted now; the next rotation tries again',
    ]);
  });
});

describe('rotation', () => {
  it('publishes the next key ten minutes before it signs', async () => {
    const { source, store, clock } = setUp();
    const first = await source.getSigningKey();

    clock.advance(HOUR);
    const published = store.next('deleteKeysExpiredBefore');
    expect(await source.getSigningKey()).toBe(first);
    await published;
    const [, second] = kidsOf(await source.listPublicKeys());
    expect(second).toEqual(expect.any(String));

    clock.advance({ minutes: 9, seconds: 59 });
    expect(await source.getSigningKey()).toBe(first);
    clock.advance({ seconds: 1 });
    expect((await source.getSigningKey()).kid).toBe(second);
    expect(kidsOf(await source.listPublicKeys())).toEqual([first.kid, second]);
  });

  it('makes one next key, however many sign meanwhile', async () => {
    const { source, store, clock } = setUp();
    const first = await source.getSigningKey();
    clock.advance(HOUR);
    const published = store.next('deleteKeysExpiredBefore');
    const keys = await Promise.all(Array.from({ length: 1_000 }, () => source.getSigningKey()));
    expect(new Set(keys)).toEqual(new Set([first]));
    await published;
    await source.getSigningKey();
    expect(store.count('addKey')).toBe(2);
  });

  it('drops a key from the published ones when no token of it is alive, and no sooner', async () => {
    const { source, clock, open } = setUp();
    const { kid } = await source.getSigningKey();
    const reader = open();
    clock.advance(3.25 * HOUR - 1);
    expect(kidsOf(await reader.listPublicKeys())).toEqual([kid]);
    clock.advance(1);
    expect(await reader.listPublicKeys()).toEqual([]);
  });

  it('goes on with a new key at once after idle hours', async () => {
    const { source, store, clock } = setUp();
    const first = await source.getSigningKey();
    clock.advance({ days: 2 });
    const keys = await Promise.all(Array.from({ length: 100 }, () => source.getSigningKey()));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]?.kid).not.toBe(first.kid);
    expect(kidsOf(await source.listPublicKeys())).toEqual([keys[0]?.kid]);
    expect(store.count('addKey')).toBe(2);
  });

  it('keeps a bounded number of keys over weeks', async () => {
    const { source, store, clock } = setUp();
    await source.getSigningKey();
    for (let hour = 0; hour < 24 * 7; hour += 1) {
      const published = store.next('deleteKeysExpiredBefore');
      clock.advance(HOUR);
      await source.getSigningKey();
      await published;
      await settle();
    }
    // Keys of the last 3.25 hours are published; the store keeps another day's.
    expect((await source.listPublicKeys()).length).toBeLessThanOrEqual(5);
    expect((await store.listKeys()).length).toBeLessThanOrEqual(30);
  });
});

describe('an outage of the store', () => {
  it('does not stop signing for an hour, and is tried again every five seconds', async () => {
    const { source, store, clock, logger } = setUp();
    const first = await source.getSigningKey();
    clock.advance(HOUR);
    store.failure = new Error('connection refused');
    for (let second = 0; second < 60; second += 1) {
      const failed = store.next('addKey');
      expect(await source.getSigningKey()).toBe(first);
      if (second === 0) await failed;
      await settle();
      clock.advance(1_000);
    }
    // Before the key is offered again, it is looked for; twice, at a signature, for the keys of the process.
    expect(store.count('addKey')).toBe(1 + 1);
    expect(store.count('listKeys')).toBe(11 + 2);
    expect(logger.lines('error')).toEqual(['The key store does not take the next signing key']);

    clock.advance({ hours: 1, minutes: 8, seconds: 59 });
    expect(await source.getSigningKey()).toBe(first);
    await store.next('addKey');
    await settle();
    clock.advance(1_000);
    await expect(source.getSigningKey()).rejects.toMatchObject(keysUnavailable);

    store.failure = undefined;
    expect((await source.getSigningKey()).kid).not.toBe(first.kid);
  });

  it('does not empty the published keys', async () => {
    const { source, store, clock, logger } = setUp();
    const { kid } = await source.getSigningKey();
    expect(kidsOf(await source.listPublicKeys())).toEqual([kid]);
    store.failure = new Error('connection refused');
    clock.advance(1_000);
    expect(kidsOf(await source.listPublicKeys())).toEqual([kid]);
    expect(logger.entries.at(-1)).toEqual({
      level: 'warn',
      message: 'The key store cannot be read; publishing the keys last read',
      meta: store.failure,
    });
  });

  it('publishes no keys without those of others, which verifiers would take for withdrawn', async () => {
    const { source, store } = setUp();
    await source.getSigningKey();
    store.failure = new Error('connection refused');
    expect(await rejectionOf(source.listPublicKeys())).toMatchObject({
      ...keysUnavailable,
      reason: 'the key store cannot be read',
    });
  });

  it('does not come before what others have published has been read: then it is not open', async () => {
    const { source, store } = setUp();
    store.listKeys = () => Promise.reject(new Error('connection refused'));
    expect(await rejectionOf(source.open())).toMatchObject({
      ...keysUnavailable,
      reason: 'the key store cannot be read',
    });
  });

  it('finds an open source with the keys of all', async () => {
    const { open, store } = setUp();
    const [one, other] = [open(), open()];
    await one.open();
    await other.open();
    store.failure = new Error('connection refused');
    expect(await other.listPublicKeys()).toHaveLength(2);
  });

  it('is an error for who never read the keys', async () => {
    const { source, store } = setUp();
    store.failure = new Error('connection refused');
    const refused = await Promise.all(
      Array.from({ length: 10 }, () => rejectionOf(source.listPublicKeys())),
    );
    for (const error of refused) {
      expect(error).toMatchObject({ ...keysUnavailable, reason: 'the key store cannot be read' });
    }
    store.failure = undefined;
    expect(await source.listPublicKeys()).toEqual([]);
  });
});

describe('the published keys', () => {
  it('are those of all replicas', async () => {
    const { open } = setUp();
    const [one, other] = [open(), open()];
    const own = await one.getSigningKey();
    const others = await other.getSigningKey();
    expect(new Set(kidsOf(await one.listPublicKeys()))).toEqual(new Set([own.kid, others.kid]));
    expect(new Set(kidsOf(await other.listPublicKeys()))).toEqual(new Set([own.kid, others.kid]));
  });

  it('are read from the store ten times at once and then ten times a second, at most', async () => {
    const { source, store, clock } = setUp();
    await source.getSigningKey();
    for (let request = 0; request < 10; request += 1) await source.listPublicKeys();
    expect(store.count('listKeys')).toBe(10);
    for (let tick = 1; tick <= 20; tick += 1) {
      const listings = Array.from({ length: 50 }, () => source.listPublicKeys());
      await settle();
      expect(store.count('listKeys')).toBe(9 + tick);
      clock.advance(100);
      await Promise.all(listings);
      expect(store.count('listKeys')).toBe(10 + tick);
    }
  });

  it('hold a key that another replica stored before the request, however often it is asked', async () => {
    const { source, store, clock } = setUp();
    await source.getSigningKey();
    for (let request = 0; request < 10; request += 1) await source.listPublicKeys();
    const { jwk } = createKey('late');
    await store.addKey({ key: jwk, expiresAt: new Date(clock.now() + HOUR) });
    const listing = source.listPublicKeys();
    await settle();
    clock.advance(100);
    expect(kidsOf(await listing)).toContain('late');
  });

  it('are those last read when the store says nothing for a second', async () => {
    const { source, store, clock } = setUp();
    await source.open();
    const { kid } = await source.getSigningKey();
    const release = store.hold('listKeys');
    const listing = source.listPublicKeys();
    await settle();
    clock.advance(1_000);
    expect(kidsOf(await listing)).toEqual([kid]);
    release();
    expect(kidsOf(await source.listPublicKeys())).toEqual([kid]);
  });

  it('are read once for all who ask at the same time', async () => {
    const { source, store } = setUp();
    await source.getSigningKey();
    const listings = await Promise.all(Array.from({ length: 10 }, () => source.listPublicKeys()));
    expect(listings.every(listing => listing.length === 1)).toBe(true);
    expect(store.count('listKeys')).toBe(1);
  });

  it('hold a key that another replica stored while a slow read was under way', async () => {
    const { source, store, clock } = setUp();
    await source.getSigningKey();
    const release = store.hold('listKeys');
    const before = source.listPublicKeys();
    await settle();
    const { jwk } = createKey('late');
    const added = store.addKey({ key: jwk, expiresAt: new Date(clock.now() + HOUR) });
    const after = source.listPublicKeys();
    await settle();
    release();
    await added;
    expect(kidsOf(await before)).not.toContain('late');
    expect(kidsOf(await after)).toContain('late');
  });

  it('hold the own key although a read that began before it was stored ends after', async () => {
    const { source, store } = setUp();
    const release = store.hold('listKeys');
    const listing = source.listPublicKeys();
    await settle();
    const { kid } = await source.getSigningKey();
    release();
    await listing;
    store.failure = new Error('connection refused');
    expect(kidsOf(await source.listPublicKeys())).toEqual([kid]);
  });

  it('are a copy: what a caller does to them does not reach the next', async () => {
    const { source } = setUp();
    const { kid } = await source.getSigningKey();
    for (let request = 0; request < 10; request += 1) {
      const listing = await source.listPublicKeys();
      expect(listing).toEqual([expect.objectContaining({ kid, kty: 'EC' })]);
      listing[0]!.kty = 'changed';
      listing.length = 0;
    }
  });
});

describe('a clock that is set', () => {
  it('back ten years, gets a new key soon instead of none for ten years', async () => {
    const { source, store, clock } = setUp({ clock: new TestClock('2036-01-01') });
    const first = await source.getSigningKey();
    clock.setTime('2026-01-01');
    const published = store.next('deleteKeysExpiredBefore');
    expect(await source.getSigningKey()).toBe(first);
    await published;
    clock.advance({ minutes: 10 });
    const second = await source.getSigningKey();
    expect(second.kid).not.toBe(first.kid);
    expect(kidsOf(await source.listPublicKeys())).toEqual([second.kid, first.kid]);
    await settle();
    expect(store.count('addKey')).toBe(2);
  });

  it.each([
    ['ahead six hours', '2026-01-01T18:00:00Z'],
    ['beyond 2038', '2040-01-01T00:00:00Z'],
  ])('%s, signs with a new key at once', async (_, time) => {
    const { source, clock } = setUp({ clock: new TestClock('2026-01-01T12:00:00Z') });
    const first = await source.getSigningKey();
    clock.setTime(time);
    const second = await source.getSigningKey();
    expect(second.kid).not.toBe(first.kid);
    expect(kidsOf(await source.listPublicKeys())).toEqual([second.kid]);
  });

  it('ahead six hours on one replica, deletes no key with which others verify', async () => {
    const store = new FlakyKeyStore();
    const right = setUp({ store });
    const { kid } = await right.source.getSigningKey();
    const fast = setUp({ store, clock: new TestClock(right.clock.now() + 6 * HOUR) });
    await fast.source.getSigningKey();
    expect(kidsOf((await store.listKeys()).map(({ key }) => key))).toContain(kid);
  });

  it('ahead and back, publishes what was signed in between', async () => {
    const { source, clock } = setUp();
    const start = clock.now();
    const first = await source.getSigningKey();
    clock.setTime(start + 6 * HOUR);
    const second = await source.getSigningKey();
    clock.setTime(start);
    expect(kidsOf(await source.listPublicKeys())).toEqual([first.kid, second.kid]);
  });
});
