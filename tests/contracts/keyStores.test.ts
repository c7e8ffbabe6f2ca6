import { createKnexKeyStore, MemoryKeyStore } from '@stagepass/auth-backend';
import { keyStoreContract } from '@stagepass/auth-test-utils/contracts';
import { describeOnServers, dropDatabases } from '../databases/servers';
import { silentLogger } from '../databases/silentLogger';
import { describeContract } from './describeContract';

afterEach(dropDatabases);

describeContract('MemoryKeyStore', keyStoreContract, async () => {
  const store = new MemoryKeyStore();
  return { openStore: async () => store };
});

// Every store has connections of its own to the one database, as replicas have.
describeOnServers('The key store', server => {
  describeContract('of createKnexKeyStore', keyStoreContract, async () => {
    const database = await server.createDatabase();
    return {
      async openStore() {
        const client = database.openClient();
        return createKnexKeyStore({
          database: { getClient: async () => client },
          pluginId: 'catalog',
          logger: silentLogger,
        });
      },
    };
  });
});
