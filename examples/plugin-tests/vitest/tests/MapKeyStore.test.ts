import { keyStoreContract } from '@stagepass/auth-test-utils/contracts';
import type { StoredKey } from '@stagepass/auth-node';
import { describe, it } from 'vitest';
import { MapKeyStore } from '../src/MapKeyStore';

describe('MapKeyStore', () => {
  it.each(keyStoreContract)('$name', async ({ run }) => {
    const storage = new Map<string, StoredKey>();
    await run({ openStore: async () => new MapKeyStore(storage) });
  });
});
