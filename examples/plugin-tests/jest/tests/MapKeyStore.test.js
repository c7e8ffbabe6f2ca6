const { keyStoreContract } = require('@stagepass/auth-test-utils/contracts');
const { MapKeyStore } = require('../src/MapKeyStore');

describe('MapKeyStore', () => {
  it.each(keyStoreContract)('$name', async ({ run }) => {
    const storage = new Map();
    await run({ openStore: async () => new MapKeyStore(storage) });
  });
});
