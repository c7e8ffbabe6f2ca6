import assert from 'node:assert/strict';
import { isDate } from 'node:util/types';
import type { KeyStore, PublicJwk, StoredKey } from '@stagepass/auth-node';
import type { ContractCase } from './ContractCase';

/**
 * A storage that is empty at first.
 *
 * @public
 */
export interface KeyStoreSubject {
  /** Returns a store on this storage: each call another one, as another replica would have. */
  openStore(): Promise<KeyStore>;
}

/**
 * What every {@link KeyStore} promises.
 *
 * @public
 */
export const keyStoreContract: readonly ContractCase<KeyStoreSubject>[] = [
  {
    name: 'lists nothing at first',
    async run({ openStore }) {
      assert.deepEqual(await keysOf(await openStore()), []);
    },
  },
  {
    name: 'returns a key exactly as it was added, whatever its type',
    async run({ openStore }) {
      const store = await openStore();
      for (const [index, key] of publicKeys.entries()) await store.addKey(stored(key, index));
      assert.deepEqual(await keysOf(store), publicKeys.map(stored));
    },
  },
  {
    name: 'lists keys by their expiry, the earliest first, whenever they were added',
    async run({ openStore }) {
      const store = await openStore();
      for (const hour of [3, 1, 4, 2]) await store.addKey(stored(ecKey(`h${hour}`), hour));
      assert.deepEqual(await kidsOf(store), ['h1', 'h2', 'h3', 'h4']);
    },
  },
  {
    name: 'keeps the milliseconds of an expiry',
    async run({ openStore }) {
      const store = await openStore();
      const expiresAt = new Date('2026-03-29T01:59:59.987Z');
      await store.addKey({ key: ecKey('k'), expiresAt });
      assert.deepEqual((await keysOf(store))[0]?.expiresAt, expiresAt);
    },
  },
  {
    name: 'refuses a kid that is there already, and keeps the first key',
    async run({ openStore }) {
      const store = await openStore();
      await store.addKey(stored(ecKey('twin'), 1));
      await assert.rejects(store.addKey(stored({ ...ecKey('twin'), x: 'other' }, 2)));
      await assert.rejects((await openStore()).addKey(stored(ecKey('twin'), 2)));
      assert.deepEqual(await keysOf(store), [stored(ecKey('twin'), 1)]);
    },
  },
  {
    name: 'lists at once what another store on the same storage added',
    async run({ openStore }) {
      const [one, other] = [await openStore(), await openStore()];
      await one.addKey(stored(ecKey('one'), 1));
      await other.addKey(stored(ecKey('other'), 2));
      assert.deepEqual(await kidsOf(one), ['one', 'other']);
      assert.deepEqual(await kidsOf(other), ['one', 'other']);
    },
  },
  {
    name: 'keeps every key of 20 that are added at the same time',
    async run({ openStore }) {
      const stores = [await openStore(), await openStore()];
      const kids = Array.from(
        { length: 20 },
        (_, index) => `key-${String(index).padStart(2, '0')}`,
      );
      await Promise.all(
        kids.map((kid, index) => stores[index % 2]!.addKey(stored(ecKey(kid), index))),
      );
      assert.deepEqual(await kidsOf(await openStore()), kids);
    },
  },
  {
    name: 'adds one key of several with the same kid that come at the same time',
    async run({ openStore }) {
      const stores = [await openStore(), await openStore(), await openStore()];
      const attempts = await Promise.allSettled(
        stores.map(store => store.addKey(stored(ecKey('race'), 1))),
      );
      assert.equal(attempts.filter(({ status }) => status === 'fulfilled').length, 1);
      assert.deepEqual(await kidsOf(await openStore()), ['race']);
    },
  },
  {
    name: 'deletes the keys that expired before a time, for every store, and no others',
    async run({ openStore }) {
      const [one, other] = [await openStore(), await openStore()];
      for (const hour of [1, 2, 3]) await one.addKey(stored(ecKey(`h${hour}`), hour));
      await other.deleteKeysExpiredBefore(hours(2));
      assert.deepEqual(await kidsOf(one), ['h2', 'h3']);
    },
  },
  {
    name: 'has nothing against deleting when there is nothing to delete',
    async run({ openStore }) {
      const store = await openStore();
      await store.deleteKeysExpiredBefore(hours(1));
      await store.addKey(stored(ecKey('late'), 9));
      await store.deleteKeysExpiredBefore(hours(1));
      assert.deepEqual(await kidsOf(store), ['late']);
    },
  },
  {
    name: 'goes on listing a key that has expired until it is deleted',
    async run({ openStore }) {
      const store = await openStore();
      await store.addKey({ key: ecKey('old'), expiresAt: new Date('2001-01-01T00:00:00.000Z') });
      assert.deepEqual(await kidsOf(store), ['old']);
    },
  },
  {
    name: 'takes a kid again once it was deleted',
    async run({ openStore }) {
      const store = await openStore();
      await store.addKey(stored(ecKey('again'), 1));
      await store.deleteKeysExpiredBefore(hours(2));
      await store.addKey(stored(ecKey('again'), 3));
      assert.deepEqual(await keysOf(store), [stored(ecKey('again'), 3)]);
    },
  },
  {
    name: 'is not changed by what is done to a key after it was added, or to one that it listed',
    async run({ openStore }) {
      const store = await openStore();
      const added = stored(ecKey('own'), 1);
      await store.addKey(added);
      added.key.x = 'changed';
      added.expiresAt.setTime(0);
      const [listed] = await store.listKeys();
      listed!.key.x = 'changed';
      listed!.expiresAt.setTime(0);
      assert.deepEqual(await keysOf(store), [stored(ecKey('own'), 1)]);
    },
  },
  {
    name: 'never lists a private member, should one have been added',
    async run({ openStore }) {
      const store = await openStore();
      const privateKey: PublicJwk = { ...ecKey('private'), d: 'private-member' };
      // Whether it refuses the key or drops the member is its own affair.
      await store.addKey(stored(privateKey, 1)).catch(() => undefined);
      assert.doesNotMatch(JSON.stringify(await store.listKeys()), /private-member|"d"/);
    },
  },
  {
    name: 'tells one time to all stores on the same storage, if it tells the time',
    async run({ openStore }) {
      const [one, other] = [await openStore(), await openStore()];
      const times = [await one.now?.(), await other.now?.(), await one.now?.()];
      if (times.every(time => time === undefined)) return;
      for (const time of times) assert.ok(isDate(time), `expected a Date, found a ${typeof time}`);
      const [first = NaN, second = NaN, third = NaN] = times.map(time => time?.getTime());
      assert.ok(first <= second && second <= third, 'expected times that do not go back');
    },
  },
  {
    name: 'treats a kid as data, whatever characters it has',
    async run({ openStore }) {
      const store = await openStore();
      const kids = ["' OR 1=1--", '../../dev/null', 'a\r\nb', '"}', '%', 'é\u2028😀'];
      for (const [index, kid] of kids.entries()) await store.addKey(stored(ecKey(kid), index));
      assert.deepEqual(await kidsOf(store), kids);
    },
  },
];

/** The coordinates are those of RFC 7517 appendix A.1. */
function ecKey(kid: string): PublicJwk {
  return {
    kid,
    kty: 'EC',
    alg: 'ES256',
    crv: 'P-256',
    x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  };
}

const publicKeys: readonly PublicJwk[] = [
  ecKey('ec'),
  // The key of RFC 8037 appendix A.2.
  {
    kid: 'okp',
    kty: 'OKP',
    alg: 'EdDSA',
    crv: 'Ed25519',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  },
  { kid: 'rsa', kty: 'RSA', alg: 'RS256', n: 'u'.repeat(342), e: 'AQAB' },
];

function hours(count: number): Date {
  return new Date(Date.UTC(2026, 0, 1, count));
}

function stored(key: PublicJwk, hour: number): StoredKey {
  return { key, expiresAt: hours(hour) };
}

// Copies, since a database driver, or structuredClone in Jest, makes objects of another realm than the test's.

async function keysOf(store: KeyStore): Promise<StoredKey[]> {
  return Array.from(await store.listKeys(), ({ key, expiresAt }) => {
    assert.ok(isDate(expiresAt), `expected expiresAt to be a Date, found a ${typeof expiresAt}`);
    return { key: { ...key }, expiresAt: new Date(expiresAt) };
  });
}

async function kidsOf(store: KeyStore): Promise<string[]> {
  return Array.from(await store.listKeys(), ({ key }) => key.kid);
}
