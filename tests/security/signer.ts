import { createKnexKeyStore, createUserTokenIssuer } from '@stagepass/auth-backend';
import type { KeyStore } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import createKnex from 'knex';
import type { ClientSettings } from '../databases/servers';
import { silentLogger as logger } from '../databases/silentLogger';

/** What the test tells the process, as JSON in the environment variable `SIGNER`. */
export interface SignerSettings {
  database: ClientSettings;
  /** Where the process is killed, with no chance to clean up. */
  point: 'before the key is stored' | 'before the key signs' | 'while keys are deleted' | 'never';
  /** At which key: the first, at the start, or the second, at a rotation. */
  at: 'start' | 'rotation';
}

const { database, point, at } = JSON.parse(process.env.SIGNER ?? '') as SignerSettings;

/** How many keys were stored, and old ones deleted after. */
let rotations = 0;

const die = () => process.kill(process.pid, 'SIGKILL');

async function openStore(): Promise<KeyStore> {
  const client = createKnex(database);
  const store = await createKnexKeyStore({
    database: { getClient: () => Promise.resolve(client) },
    pluginId: 'auth',
    logger,
  });
  let keys = 0;
  const isHere = () => keys === (at === 'start' ? 1 : 2);
  return {
    async addKey(key) {
      keys += 1;
      if (isHere() && point === 'before the key is stored') die();
      await store.addKey(key);
      if (isHere() && point === 'before the key signs') die();
    },
    listKeys: () => store.listKeys(),
    async deleteKeysExpiredBefore(time) {
      const deleted = store.deleteKeysExpiredBefore(time);
      // The statement is on its way.
      await new Promise(resolve => setImmediate(resolve));
      if (isHere() && point === 'while keys are deleted') die();
      await deleted;
      rotations += 1;
    },
  };
}

void (async () => {
  const clock = new TestClock();
  const issuer = await createUserTokenIssuer({
    issuer: 'https://example.com/api/auth',
    keyStore: await openStore(),
    clock,
    logger,
  });
  for (const minutes of [0, 60, 10, 10]) {
    clock.advance({ minutes });
    const { token } = await issuer.issueToken({ claims: { sub: 'user:default/jane' } });
    process.stdout.write(`${token}\n`);
    // The next key is made in the background.
    while (minutes === 60 && rotations < 2) await new Promise(resolve => setImmediate(resolve));
  }
  process.exit();
})();
