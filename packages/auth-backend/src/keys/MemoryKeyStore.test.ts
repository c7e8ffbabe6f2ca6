import { createKey } from '../testing/keyFixtures';
import { MemoryKeyStore } from './MemoryKeyStore';

const { jwk } = createKey('one');
const expiresAt = new Date('2026-01-01');

describe('MemoryKeyStore', () => {
  it('holds a copy, which no caller can change', async () => {
    const store = new MemoryKeyStore();
    const added = { key: { ...jwk }, expiresAt: new Date(expiresAt) };
    await store.addKey(added);
    added.key.x = 'changed';
    added.expiresAt.setFullYear(2000);
    const [listed] = await store.listKeys();
    listed!.key.x = 'changed';
    listed!.expiresAt.setFullYear(2000);
    expect(await store.listKeys()).toEqual([{ key: jwk, expiresAt }]);
  });

  it('refuses a second key of the same id', async () => {
    const store = new MemoryKeyStore();
    await store.addKey({ key: jwk, expiresAt });
    await expect(store.addKey({ key: jwk, expiresAt })).rejects.toThrow(
      'The key one is stored already',
    );
  });

  it('refuses a private key', async () => {
    const store = new MemoryKeyStore();
    await expect(store.addKey({ key: { ...jwk, d: 'c2VjcmV0' }, expiresAt })).rejects.toThrow(
      new Error('The key cannot be stored: it holds a private or secret member'),
    );
    expect(await store.listKeys()).toEqual([]);
  });

  it.each(['__proto__', 'constructor'])('holds a key of the id %s as any other', async kid => {
    const store = new MemoryKeyStore();
    await store.addKey({ key: { ...jwk, kid }, expiresAt });
    expect(await store.listKeys()).toEqual([{ key: { ...jwk, kid }, expiresAt }]);
    await store.deleteKeysExpiredBefore(new Date('2026-01-02'));
    expect(await store.listKeys()).toEqual([]);
  });
});
