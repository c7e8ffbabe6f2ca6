import type { FlakyKeyStore } from '../../packages/auth-backend/src/testing/FlakyKeyStore';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { kidOf, signIn, UserIssuers } from './UserIssuers';

const HOUR = 60 * 60 * 1000;
const keysUnavailable = {
  name: 'ServiceUnavailableError',
  code: 'AUTH_KEYS_UNAVAILABLE',
  message: 'Credentials cannot be verified at the moment',
};

/** Ways for a store to be of no use: each returns how it is mended. */
const outages: Record<string, (store: FlakyKeyStore) => () => void> = {
  'refuses connections'(store) {
    store.failure = new Error('connect ECONNREFUSED 127.0.0.1:5432');
    return () => (store.failure = undefined);
  },
  'never answers'(store) {
    const { addKey, listKeys, deleteKeysExpiredBefore } = store;
    const silent = () => new Promise<never>(() => {});
    Object.assign(store, { addKey: silent, listKeys: silent, deleteKeysExpiredBefore: silent });
    return () => Object.assign(store, { addKey, listKeys, deleteKeysExpiredBefore });
  },
};

const cases = Object.keys(outages).flatMap(outage =>
  [60_000, HOUR].map(length => ({ outage, length, seconds: length / 1_000 })),
);

describe.each(cases)(
  'KEY-03 a key store that $outage, and is back after $seconds s',
  ({ outage, length }) => {
    it('at the start of a replica, keeps it from being ready, and no longer', async () => {
      const world = new UserIssuers();
      const mend = outages[outage]!(world.store);
      await expect(world.inTime(world.start())).rejects.toMatchObject(keysUnavailable);
      world.clock.advance(length);
      mend();
      const replica = await world.start();
      const verifier = await world.startVerifier();
      expect(String(await verifier.authenticate(await signIn(replica)))).toContain('jane');
    });

    it('at the first signature, changes nothing', async () => {
      const world = new UserIssuers();
      const replica = await world.start();
      const mend = outages[outage]!(world.store);
      const token = await signIn(replica);
      const verifier = await world.startVerifier();
      expect(String(await world.inTime(verifier.authenticate(token)))).toContain('jane');
      world.clock.advance(length);
      expect(kidOf(await signIn(replica))).toBe(kidOf(token));
      mend();
      expect(kidOf(await signIn(replica))).toBe(kidOf(token));
    });

    it('at a rotation, lets the current key sign on, and takes the next key when it is back', async () => {
      const world = new UserIssuers();
      const replica = await world.start();
      const first = kidOf(await signIn(replica));
      world.clock.advance(HOUR);
      const mend = outages[outage]!(world.store);
      const before = world.logger.entries.length;
      const offered = world.nextOffer();
      await signIn(replica);
      await offered;
      for (let minute = 0; minute < length / 60_000; minute += 1) {
        expect(kidOf(await signIn(replica))).toBe(first);
        await settle();
        world.clock.advance(60_000);
      }
      await settle();
      const told = world.logger.entries.slice(before).map(({ level, message }) => [level, message]);
      expect(told).toEqual([['error', 'The key store does not take the next signing key']]);
      mend();
      await signIn(replica);
      await world.inTime(published(world, 2));
      world.clock.advance(10 * 60_000);
      const token = await signIn(replica);
      expect(kidOf(token)).not.toBe(first);
      const verifier = await world.startVerifier();
      expect(String(await verifier.authenticate(token))).toContain('jane');
    });

    it('at a request for the key set, is not noticed, and told once however many come', async () => {
      const world = new UserIssuers();
      const replica = await world.start();
      const { keys } = await replica.listPublicKeys();
      const mend = outages[outage]!(world.store);
      const before = world.logger.entries.length;
      for (let request = 0; request < 30; request += 1) {
        expect((await world.inTime(replica.listPublicKeys())).keys).toEqual(keys);
        world.clock.advance(length / 30);
      }
      mend();
      await world.inTime(replica.listPublicKeys());
      await world.inTime(replica.listPublicKeys());
      const told = world.logger.entries.slice(before).map(({ level, message }) => [level, message]);
      expect(told).toEqual([
        ['warn', 'The key store cannot be read; publishing the keys last read'],
        ['info', 'The key store can be read again'],
      ]);
      const other = await world.start();
      const verifier = await world.startVerifier();
      expect(String(await verifier.authenticate(await signIn(other)))).toContain('jane');
    });
  },
);

async function published(world: UserIssuers, count: number): Promise<void> {
  while ((await world.store.listKeys()).length < count) {
    await signIn(world.replicas[0]!);
    await settle();
    world.clock.advance(1_000);
  }
}

const failures: ReadonlyArray<[string, string, string]> = [
  ['whose pool is exhausted', 'KnexTimeoutError', 'Timeout acquiring a connection'],
  ['in a deadlock', '40P01', 'deadlock detected'],
  ['that cannot serialize', '40001', 'could not serialize access'],
  ['that is a read-only replica', '25006', 'cannot execute INSERT in a read-only transaction'],
];

describe('KEY-04 a key store', () => {
  it.each(failures)(
    '%s has the same key offered again, one try at a time',
    async (_, code, said) => {
      const world = new UserIssuers();
      const replica = await world.start();
      const first = kidOf(await signIn(replica));
      world.clock.advance(HOUR);
      const offered: string[] = [];
      let running = 0;
      const { addKey } = world.store;
      world.store.addKey = async ({ key }) => {
        offered.push(key.kid);
        running += 1;
        expect(running).toBe(1);
        await settle();
        running -= 1;
        throw Object.assign(new Error(said), { code });
      };
      for (let second = 0; second < 60; second += 1) {
        const tokens = await Promise.all([1, 2, 3].map(() => signIn(replica)));
        expect(tokens.map(kidOf)).toEqual([first, first, first]);
        await settle();
        await settle();
        world.clock.advance(1_000);
      }
      expect(offered.length).toBeGreaterThan(5);
      expect(offered.length).toBeLessThanOrEqual(12);
      expect(new Set(offered).size).toBe(1);
      world.store.addKey = addKey;
      await signIn(replica);
      await settle();
      const stored = (await world.store.listKeys()).map(({ key }) => key.kid);
      expect(stored).toEqual([first, offered[0]]);
    },
  );

  it('that is slow, but answers in four seconds, takes each key once', async () => {
    const world = new UserIssuers();
    const { addKey } = world.store;
    world.store.addKey = async key => {
      await new Promise<void>(resolve => world.clock.setTimeout(resolve, 4_000));
      return addKey.call(world.store, key);
    };
    const replica = await world.inTime(world.start());
    expect((await world.store.listKeys()).map(({ key }) => key.kid)).toEqual([
      kidOf(await signIn(replica)),
    ]);
    expect(world.store.count('addKey')).toBe(1);
  });

  it('that stores a key and does not say so is not signed from until it lists the key', async () => {
    const world = new UserIssuers();
    const replica = await world.start();
    const first = kidOf(await signIn(replica));
    world.clock.advance(HOUR);
    const release = world.store.hold('addKey');
    await signIn(replica);
    for (let second = 0; second < 6; second += 1) {
      await settle();
      world.clock.advance(1_000);
    }
    // It is there, but nobody in this process knows.
    expect(await world.store.listKeys()).toHaveLength(2);
    const second = (await world.store.listKeys())[1]!.key.kid;
    world.clock.advance(9 * 60_000);
    expect(kidOf(await signIn(replica))).toBe(first);
    await settle();
    // Known to be stored a moment ago, it is published for ten minutes more.
    world.clock.advance(10 * 60_000 - 1);
    expect(kidOf(await signIn(replica))).toBe(first);
    world.clock.advance(1);
    expect(kidOf(await signIn(replica))).toBe(second);
    expect(world.store.count('addKey')).toBe(2);
    release();
  });

  it('that never answers has one read under way, whoever asks', async () => {
    const world = new UserIssuers();
    const replica = await world.start();
    await replica.listPublicKeys();
    let reads = 0;
    world.store.listKeys = () => {
      reads += 1;
      return new Promise(() => {});
    };
    for (let second = 0; second < 20; second += 1) {
      const asked = Array.from({ length: 50 }, () => replica.listPublicKeys());
      await settle();
      world.clock.advance(2_000);
      for (const { keys } of await Promise.all(asked)) expect(keys).toHaveLength(1);
    }
    // Forty seconds, at five seconds for each.
    expect(reads).toBeLessThanOrEqual(9);
  });
});

describe('KEY-12 ten thousand signatures at a rotation', () => {
  const signMany = (world: UserIssuers) =>
    Promise.allSettled(Array.from({ length: 10_000 }, () => signIn(world.replicas[0]!)));

  it('make one new key, and none of them fails', async () => {
    const world = new UserIssuers();
    await world.start();
    world.clock.advance(HOUR);
    const stored = world.store.next('deleteKeysExpiredBefore');
    const signed = await signMany(world);
    expect(signed.filter(({ status }) => status !== 'fulfilled')).toEqual([]);
    await stored;
    expect(world.store.count('addKey')).toBe(2);
    expect(await world.store.listKeys()).toHaveLength(2);
  });

  it('do not fail when the rotation does; the next call after the pause retries', async () => {
    const world = new UserIssuers();
    const replica = await world.start();
    world.clock.advance(HOUR);
    world.store.failure = new Error('deadlock detected');
    const failed = world.store.next('addKey');
    const signed = await signMany(world);
    expect(signed.filter(({ status }) => status !== 'fulfilled')).toEqual([]);
    await failed;
    expect(world.store.count('addKey')).toBe(2);
    world.store.failure = undefined;
    await settle();
    world.clock.advance(5_000);
    const stored = world.store.next('addKey');
    await signIn(replica);
    await stored;
    expect(await world.store.listKeys()).toHaveLength(2);
  });

  it('without a key to go on with are all told of the one failure, and the next call is not', async () => {
    const world = new UserIssuers();
    const replica = await world.start();
    world.clock.advance({ days: 2 });
    world.store.failure = new Error('deadlock detected');
    const signed = await signMany(world);
    expect(signed.every(({ status }) => status === 'rejected')).toBe(true);
    expect(signed[9_999]).toMatchObject({ reason: keysUnavailable });
    expect(world.store.count('addKey')).toBe(2);
    world.store.failure = undefined;
    const again = await signMany(world);
    expect(again.filter(({ status }) => status !== 'fulfilled')).toEqual([]);
    expect(world.store.count('addKey')).toBe(3);
    const verifier = await world.startVerifier();
    expect(String(await verifier.authenticate(await signIn(replica)))).toContain('jane');
  });
});
