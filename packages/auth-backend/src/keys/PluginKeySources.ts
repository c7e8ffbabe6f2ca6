import type { Clock, LoggerService } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { SignatureAlgorithm } from '../tokens/algorithms';
import { PLUGIN_TOKEN_LIFE } from '../tokens/plugin/PluginTokens';
import { createKnexKeyStore } from './createKnexKeyStore';
import { keyLifecyclePolicy } from './keyLifecycle';
import type { KeySource } from './KeySource';
import { MemoryKeyStore } from './MemoryKeyStore';
import { RotatingKeySource } from './RotatingKeySource';
import type { PluginDatabase } from './sqlTables';
import { type StaticKeyFiles, StaticKeySource } from './StaticKeySource';

/** How long a plugin's key signs, in milliseconds. */
const SIGNING_LIFE = 60 * 60 * 1000;

/** Opens the key source of each plugin of the process: static keys for all of them, or each its own. */
export class PluginKeySources {
  /** What plugins of this backend sign with. */
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly #staticKeys: readonly [StaticKeyFiles, ...StaticKeyFiles[]] | undefined;
  readonly #clock: Clock;
  #staticSource: Promise<KeySource> | undefined;
  readonly #ownerOfClient = new WeakMap<object, string>();

  constructor(options: {
    staticKeys: readonly [StaticKeyFiles, ...StaticKeyFiles[]] | undefined;
    clock: Clock;
  }) {
    this.#staticKeys = options.staticKeys;
    this.#clock = options.clock;
    const staticAlgorithms = options.staticKeys?.map(({ algorithm }) => algorithm) ?? [];
    this.algorithms = [...new Set<SignatureAlgorithm>(['ES256', ...staticAlgorithms])];
  }

  /** Opens the source of a plugin; a rotating one has published its first key. */
  async open(
    pluginId: string,
    database: PluginDatabase | undefined,
    logger: LoggerService,
  ): Promise<KeySource> {
    if (this.#staticKeys) return this.#openStatic(this.#staticKeys, logger);
    const source = new RotatingKeySource({
      store: database ? await this.#openStore(pluginId, database, logger) : new MemoryKeyStore(),
      algorithm: 'ES256',
      policy: keyLifecyclePolicy(SIGNING_LIFE, PLUGIN_TOKEN_LIFE * 1000),
      clock: this.#clock,
      logger,
    });
    await source.open();
    return source;
  }

  /** Loads the files once for all plugins; a failure is not kept, since the files can be mended. */
  #openStatic(
    files: readonly [StaticKeyFiles, ...StaticKeyFiles[]],
    logger: LoggerService,
  ): Promise<KeySource> {
    this.#staticSource ??= StaticKeySource.load(files, logger).catch((error: unknown) => {
      this.#staticSource = undefined;
      throw error;
    });
    return this.#staticSource;
  }

  async #openStore(pluginId: string, database: PluginDatabase, logger: LoggerService) {
    const openOwn = async () => {
      const client = await database.getClient();
      this.#refuseSharedClient(client, pluginId);
      return client;
    };
    return createKnexKeyStore({
      database: { getClient: openOwn, migrations: database.migrations },
      pluginId,
      logger,
      clock: this.#clock,
    });
  }

  /** Two clients of one database are found out by what is written in it; with `migrations.skip`, this is all. */
  #refuseSharedClient(client: object, pluginId: string): void {
    const owner = this.#ownerOfClient.get(client) ?? pluginId;
    if (owner !== pluginId) {
      throw createAuthError(
        'AUTH_CONFIG_INVALID',
        `database: expected a client of its own for the plugin ${quote(pluginId)}, found that of ${quote(owner)}`,
      );
    }
    this.#ownerOfClient.set(client, pluginId);
  }
}
