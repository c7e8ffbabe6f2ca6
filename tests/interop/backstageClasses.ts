import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { AuthService, DiscoveryService, LoggerService } from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import type { Knex } from 'knex';

const requireHere = createRequire(__filename);

/** Loads a built file of a published package, which its `exports` do not name. */
function load(packageName: string, file: string): Record<string, unknown> {
  const root = dirname(requireHere.resolve(`${packageName}/package.json`));
  return requireHere(join(root, 'dist', file)) as Record<string, unknown>;
}

interface Creatable<TOptions, TInstance> {
  create(options: TOptions): TInstance;
}

const auth = (file: string) => load('@backstage/backend-defaults', `entrypoints/auth/${file}`);
const identity = (file: string) => load('@backstage/plugin-auth-backend', `identity/${file}`);

const { DefaultAuthService } = auth('DefaultAuthService.cjs.js') as {
  DefaultAuthService: new (...parts: unknown[]) => AuthService;
};
const { UserTokenHandler } = auth('user/UserTokenHandler.cjs.js') as {
  UserTokenHandler: Creatable<object, unknown>;
};
const { DefaultPluginTokenHandler } = auth('plugin/PluginTokenHandler.cjs.js') as {
  DefaultPluginTokenHandler: Creatable<object, unknown>;
};
const { DatabasePluginKeySource } = auth('plugin/keys/DatabasePluginKeySource.cjs.js') as {
  DatabasePluginKeySource: Creatable<object, Promise<unknown>>;
};
const { ExternalAuthTokenHandler } = auth('external/ExternalAuthTokenHandler.cjs.js') as {
  ExternalAuthTokenHandler: Creatable<object, unknown>;
};
const { TokenFactory } = identity('TokenFactory.cjs.js') as {
  TokenFactory: new (options: object) => BackstageUserTokenIssuer;
};
const { MemoryKeyStore } = identity('MemoryKeyStore.cjs.js') as {
  MemoryKeyStore: new () => unknown;
};

/** What issues user tokens in Backstage's auth plugin. */
export interface BackstageUserTokenIssuer {
  issueToken(params: { claims: { sub: string; ent: string[] } }): Promise<{ token: string }>;
  listPublicKeys(): Promise<{ keys: object[] }>;
}

/** Backstage's auth service of one plugin, put together as its own service factory does. */
export async function createBackstageAuthService(options: {
  pluginId: string;
  discovery: DiscoveryService;
  client: Knex;
  logger: LoggerService;
  config?: object;
}): Promise<AuthService> {
  const { pluginId, discovery, client, logger } = options;
  const keyDuration = { hours: 1 };
  const keySource = await DatabasePluginKeySource.create({
    database: { getClient: () => Promise.resolve(client) },
    logger,
    keyDuration,
  });
  return new DefaultAuthService(
    UserTokenHandler.create({ discovery, logger }),
    DefaultPluginTokenHandler.create({
      ownPluginId: pluginId,
      logger,
      keySource,
      keyDuration,
      discovery,
    }),
    ExternalAuthTokenHandler.create({
      ownPluginId: pluginId,
      config: new ConfigReader((options.config ?? {}) as Record<string, never>),
      logger,
    }),
    pluginId,
    false,
    keySource,
  );
}

/** Backstage's issuer of user tokens. */
export function createBackstageUserTokenIssuer(options: {
  issuer: string;
  logger: LoggerService;
}): BackstageUserTokenIssuer {
  return new TokenFactory({
    ...options,
    keyStore: new MemoryKeyStore(),
    keyDurationSeconds: 3600,
    omitClaimsFromToken: ['ent'],
  });
}
