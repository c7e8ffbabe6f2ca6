import type { StoredKey } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { settle } from '../testing/FakeNetwork';
import { FlakyKeyStore } from '../testing/FlakyKeyStore';
import { RecordingLogger } from '../testing/RecordingLogger';
import { keysUnavailable } from '../testing/refusals';
import { keyLifecyclePolicy } from './keyLifecycle';
import { RotatingKeySource } from './RotatingKeySource';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A store that can lose keys, and can say that it does not take one. */
class LosingKeyStore extends FlakyKeyStore {
  refusal: Error | undefined;
  takesNevertheless = false;
  /** The only key that is refused, where there is one. */
  refusedKid: string | undefined;

  override async addKey(stored: StoredKey): Promise<void> {
    const { kid } = stored.key;
    const refusal = kid === (this.refusedKid ?? kid) ? this.refusal : undefined;
    if (!refusal || this.takesNevertheless) await super.addKey(stored);
    if (refusal) throw refusal;
  }

  lose(): Promise<void> {
    return this.deleteKeysExpiredBefore(new Date('2100-01-01'));
  }

  async kids(): Promise<string[]> {
    return (await this.listKeys()).map(({ key }) => key.kid);
  }
}

function setUp(store = new LosingKeyStore()) {
  const clock = new TestClock();
  const logger = new RecordingLogger();
  const policy = keyLifecyclePolicy(HOUR, HOUR);
  const source = new RotatingKeySource({ store, algorithm: 'ES256', policy, clock, logger });
  return { store, clock, logger, source };
}

describe('A key that the store has lost', () => {
  it('is stored again when the signer looks, which it does every thirty seconds', async () => {
    const { store, clock, logger, source } = setUp();
    const { kid } = await source.getSigningKey();
    await store.lose();
    clock.advance(29_999);
    await source.getSigningKey();
    await settle();
    expect(await store.kids()).toEqual([]);
    clock.advance(1);
    expect((await source.getSigningKey()).kid).toBe(kid);
    await settle();
    expect(await store.kids()).toEqual([kid]);
    expect(logger.lines('warn')).toEqual([
      `The key store had lost the key ${kid}; stored it again`,
    ]);
  });

  it('is stored again once in thirty seconds, and published all the time', async () => {
    const { store, clock, source } = setUp();
    const { kid } = await source.getSigningKey();
    for (let second = 0; second < 30; second += 1) {
      await store.lose();
      expect((await source.listPublicKeys()).map(key => key.kid)).toEqual([kid]);
      await settle();
      clock.advance(1_000);
    }
    expect(store.count('addKey')).toBe(2);
    await source.listPublicKeys();
    await settle();
    expect(store.count('addKey')).toBe(3);
  });

  it('and that it does not take is told, and another signs at once', async () => {
    const { store, clock, logger, source } = setUp();
    const first = await source.getSigningKey();
    await store.lose();
    store.refusal = new Error('duplicate key');
    store.refusedKid = first.kid;
    clock.advance(30_000);
    await source.getSigningKey();
    let kids: string[] = [];
    while (kids.length === 0) {
      await settle();
      kids = await store.kids();
    }
    expect(logger.lines('warn')).toEqual([
      `The key store has lost the key ${first.kid}, and does not take it`,
    ]);
    const { kid } = await source.getSigningKey();
    expect(kids).toEqual([kid]);
    expect(kid).not.toBe(first.kid);
  });

  it('is not taken for lost where it is found after all', async () => {
    const { store, clock, logger, source } = setUp();
    const { kid } = await source.getSigningKey();
    await store.lose();
    store.refusal = new Error('connection lost');
    store.takesNevertheless = true;
    clock.advance(30_000);
    await source.getSigningKey();
    await settle();
    expect(logger.lines('warn')).toEqual([]);
    expect((await source.getSigningKey()).kid).toBe(kid);
  });
});

describe('A key that the store took without saying so', () => {
  it('is the one that signs, and no other is offered', async () => {
    const { store, source } = setUp();
    store.refusal = new Error('connection lost');
    store.takesNevertheless = true;
    await expect(source.getSigningKey()).rejects.toMatchObject({
      ...keysUnavailable,
      reason: 'the key store does not take the signing key; see the log',
    });
    const { kid } = await source.getSigningKey();
    expect(await store.kids()).toEqual([kid]);
    expect(store.count('addKey')).toBe(1);
  });

  it('is not used when it has waited ten minutes', async () => {
    const { store, clock, source } = setUp();
    store.refusal = new Error('connection lost');
    store.takesNevertheless = true;
    await expect(source.getSigningKey()).rejects.toMatchObject(keysUnavailable);
    const [old] = await store.kids();
    clock.advance(10 * MINUTE);
    store.refusal = undefined;
    const { kid } = await source.getSigningKey();
    expect(kid).not.toBe(old);
    expect(await store.kids()).toEqual([old, kid]);
  });
});

describe('Expired keys', () => {
  it.each([
    ['ahead', 6 * HOUR, 0],
    ['behind', -6 * HOUR, -6 * HOUR],
  ])(
    'are deleted a day later, by a store that is %s of this host: the earlier clock',
    async (_, ahead, expected) => {
      const { store, clock, source } = setUp();
      const deleted: Date[] = [];
      Object.assign(store, {
        now: async () => new Date(clock.now() + ahead),
        deleteKeysExpiredBefore: async (time: Date) => void deleted.push(time),
      });
      const policy = keyLifecyclePolicy(HOUR, HOUR);
      const logger = new RecordingLogger();
      const own = new RotatingKeySource({ store, algorithm: 'ES256', policy, clock, logger });
      await own.getSigningKey();
      expect(deleted).toEqual([new Date(clock.now() + expected - 24 * HOUR)]);
      await source.getSigningKey();
      expect(deleted).toHaveLength(2);
    },
  );
});
