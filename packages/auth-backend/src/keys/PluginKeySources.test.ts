import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestClock } from '@stagepass/auth-test-utils';
import { createKey } from '../testing/keyFixtures';
import { RecordingLogger } from '../testing/RecordingLogger';
import { invalidConfig } from '../testing/refusals';
import { closeSqlite, openSqlite } from '../testing/sqlite';
import { PluginKeySources } from './PluginKeySources';
import { PLUGIN_KEYS_TABLE } from './sqlTables';
import type { StaticKeyFiles } from './StaticKeySource';

const clock = new TestClock();
const logger = new RecordingLogger();

function databaseOf(client = openSqlite()) {
  return { client, getClient: async () => client };
}

afterEach(closeSqlite);

describe('PluginKeySources', () => {
  it('opens a source of its own for each plugin, whose first key is published', async () => {
    const sources = new PluginKeySources({ staticKeys: undefined, clock });
    expect(sources.algorithms).toEqual(['ES256']);
    const [one, other] = [
      await sources.open('one', undefined, logger),
      await sources.open('other', undefined, logger),
    ];
    const [[first], [second]] = [await one.listPublicKeys(), await other.listPublicKeys()];
    expect(first).toMatchObject({ alg: 'ES256' });
    expect(first?.kid).not.toBe(second?.kid);
  });

  it('publishes in the database of the plugin', async () => {
    const sources = new PluginKeySources({ staticKeys: undefined, clock });
    const database = databaseOf();
    const source = await sources.open('one', database, logger);
    const [key] = await source.listPublicKeys();
    expect(await database.client(PLUGIN_KEYS_TABLE).pluck('id')).toEqual([key?.kid]);
  });

  it('shares the table with the replicas of the plugin, and with the process before', async () => {
    const database = databaseOf();
    const open = () =>
      new PluginKeySources({ staticKeys: undefined, clock }).open('one', database, logger);
    const before = await (await open()).listPublicKeys();
    const after = await (await open()).listPublicKeys();
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after).toHaveLength(2);
  });

  it('refuses a database that is another plugin’s, also while that is being opened', async () => {
    const sources = new PluginKeySources({ staticKeys: undefined, clock });
    const database = databaseOf();
    const [one, other] = await Promise.allSettled([
      sources.open('one', database, logger),
      sources.open('other', database, logger),
    ]);
    expect(one.status).toBe('fulfilled');
    expect(other).toMatchObject({
      status: 'rejected',
      reason: invalidConfig(
        'database: expected a client of its own for the plugin "other", found that of "one"',
      ) as unknown,
    });
    expect(await database.client(PLUGIN_KEYS_TABLE).pluck('id')).toHaveLength(1);
    await expect(sources.open('one', database, logger)).resolves.toBeDefined();
  });

  it('refuses another client of a database that is another plugin’s, in whatever process', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plugin-keys-'));
    const openClient = () => openSqlite(join(folder, 'shared.sqlite'));
    const open = (pluginId: string) =>
      new PluginKeySources({ staticKeys: undefined, clock }).open(
        pluginId,
        databaseOf(openClient()),
        logger,
      );
    await open('one');
    await expect(open('other')).rejects.toMatchObject(
      invalidConfig(
        'database: expected one of its own for the plugin "other", found that of the plugin "one"; ' +
          'give each plugin a database or a schema. If the plugin was renamed, or the database handed on, ' +
          'empty backstage_backend_public_keys__keys and stagepass_key_owner',
      ),
    );
    await expect(open('one')).resolves.toBeDefined();
    expect(await openClient()(PLUGIN_KEYS_TABLE).pluck('id')).toHaveLength(2);
    await rm(folder, { recursive: true });
  });

  describe('with static keys', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'plugin-keys-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const { publicKey, privateKey, jwk } = createKey('static', 'EdDSA');

    async function writeFiles(): Promise<void> {
      await writeFile(
        join(folder, 'public.pem'),
        publicKey.export({ format: 'pem', type: 'spki' }),
      );
      await writeFile(
        join(folder, 'private.pem'),
        privateKey.export({ format: 'pem', type: 'pkcs8' }),
      );
    }

    function sourcesOfFiles(): PluginKeySources {
      const files: StaticKeyFiles = {
        path: 'keys[0]',
        keyId: 'static',
        algorithm: 'EdDSA',
        publicKeyFile: join(folder, 'public.pem'),
        privateKeyFile: join(folder, 'private.pem'),
      };
      return new PluginKeySources({ staticKeys: [files], clock });
    }

    it('gives all plugins the same keys and leaves their databases alone', async () => {
      await writeFiles();
      const sources = sourcesOfFiles();
      expect(sources.algorithms).toEqual(['ES256', 'EdDSA']);
      const database = { getClient: () => Promise.reject(new Error('not to be opened')) };
      const one = await sources.open('one', database, logger);
      expect(await sources.open('other', database, logger)).toBe(one);
      expect(await one.listPublicKeys()).toEqual([jwk]);
    });

    it('reads the files again after they could not be read', async () => {
      const sources = sourcesOfFiles();
      const failed = await Promise.allSettled([
        sources.open('one', undefined, logger),
        sources.open('other', undefined, logger),
      ]);
      expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await writeFiles();
      await expect(sources.open('one', undefined, logger)).resolves.toBeDefined();
    });
  });
});
