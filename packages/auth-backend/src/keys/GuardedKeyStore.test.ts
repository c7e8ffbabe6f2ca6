import { TestClock } from '@stagepass/auth-test-utils';
import { settle } from '../testing/FakeNetwork';
import { FlakyKeyStore } from '../testing/FlakyKeyStore';
import { createKey } from '../testing/keyFixtures';
import { rejectionOf } from '../testing/refusals';
import { GuardedKeyStore } from './GuardedKeyStore';

function setUp() {
  const [store, clock] = [new FlakyKeyStore(), new TestClock()];
  const expiresAt = new Date(clock.now());
  return { store, clock, expiresAt, guarded: new GuardedKeyStore(store, clock) };
}

const { jwk: key } = createKey('k');

describe('GuardedKeyStore', () => {
  it('passes on what is asked and answered, and leaves no timer', async () => {
    const { guarded, store, clock, expiresAt } = setUp();
    await guarded.addKey({ key, expiresAt });
    expect(await guarded.listKeys()).toEqual([{ key, expiresAt }]);
    await guarded.deleteKeysExpiredBefore(new Date(clock.now() + 1));
    expect(await store.listKeys()).toEqual([]);
    store.failure = new Error('connection refused');
    await expect(guarded.listKeys()).rejects.toBe(store.failure);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each(['addKey', 'listKeys', 'deleteKeysExpiredBefore', 'now'] as const)(
    'fails when %s has no answer for five seconds, and not before',
    async operation => {
      const { clock, expiresAt } = setUp();
      const silent = () => new Promise<never>(() => {});
      const guarded = new GuardedKeyStore(
        { addKey: silent, listKeys: silent, deleteKeysExpiredBefore: silent, now: silent },
        clock,
      );
      let failure: Error | undefined;
      const call = {
        addKey: () => guarded.addKey({ key, expiresAt }),
        listKeys: () => guarded.listKeys(),
        deleteKeysExpiredBefore: () => guarded.deleteKeysExpiredBefore(expiresAt),
        now: () => guarded.now!(),
      }[operation];
      void rejectionOf(call()).then(error => (failure = error));
      clock.advance(4_999);
      await settle();
      expect(failure).toBeUndefined();
      clock.advance(1);
      await settle();
      expect(failure?.message).toBe(`The key store has not answered ${operation} within 5 s`);
      expect(clock.pendingTimers).toBe(0);
    },
  );

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'key'],
    ['no key', { expiresAt: new Date(0) }],
    ['no expiry', { key }],
    ['an expiry as text', { key, expiresAt: '2026-01-01T00:00:00.000Z' }],
    ['an expiry that is no time', { key, expiresAt: new Date(NaN) }],
    ['a private key', { key: { ...key, d: 'canary' }, expiresAt: new Date(0) }],
    ['a secret', { key: { kty: 'oct', kid: 'k', k: 'canary' }, expiresAt: new Date(0) }],
  ])('leaves out %s that is listed beside a key', async (_, foreign) => {
    const { guarded, store, expiresAt } = setUp();
    store.listKeys = async () => [foreign as never, { key, expiresAt }];
    expect(await guarded.listKeys()).toEqual([{ key, expiresAt }]);
  });

  it('drops members of a key that are not public parameters', async () => {
    const { guarded, store, expiresAt } = setUp();
    store.listKeys = async () => [{ key: { ...key, x5t: 'canary', x5c: 'canary' }, expiresAt }];
    expect(await guarded.listKeys()).toEqual([{ key, expiresAt }]);
  });

  it('tells the time of a store that knows it', async () => {
    const { guarded, store, clock } = setUp();
    expect(guarded.now).toBeUndefined();
    const time = new Date('2026-03-29T01:59:59.987Z');
    const knowing = Object.assign(store, { now: async () => time });
    expect(await new GuardedKeyStore(knowing, clock).now!()).toEqual(time);
    knowing.now = async () => new Date(NaN);
    await expect(new GuardedKeyStore(knowing, clock).now!()).rejects.toThrow(
      'The key store does not know the time',
    );
  });
});
