import { describe, it } from 'node:test';
import { keyStoreContract } from '@stagepass/auth-test-utils/contracts';
import { MapKeyStore } from '../src/MapKeyStore.js';

describe('MapKeyStore', () => {
  for (const { name, run } of keyStoreContract) {
    it(name, async () => {
      const storage = new Map();
      await run({ openStore: async () => new MapKeyStore(storage) });
    });
  }
});
