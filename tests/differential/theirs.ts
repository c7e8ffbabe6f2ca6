import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type {
  AuthService,
  DiscoveryService,
  HttpAuthService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';

const requireHere = createRequire(__filename);
const root = dirname(requireHere.resolve('@backstage/backend-defaults/package.json'));

/** Loads a built file of Backstage's, which the package's `exports` do not name. */
function load<T>(file: string): T {
  return requireHere(join(root, 'dist/entrypoints', file)) as T;
}

type Creatable = { create(options: object): unknown };

const { DefaultAuthService } = load<{
  DefaultAuthService: new (...parts: unknown[]) => AuthService;
}>('auth/DefaultAuthService.cjs.js');
const { UserTokenHandler } = load<{ UserTokenHandler: Creatable }>(
  'auth/user/UserTokenHandler.cjs.js',
);
const { DefaultPluginTokenHandler } = load<{ DefaultPluginTokenHandler: Creatable }>(
  'auth/plugin/PluginTokenHandler.cjs.js',
);
const { ExternalAuthTokenHandler } = load<{ ExternalAuthTokenHandler: Creatable }>(
  'auth/external/ExternalAuthTokenHandler.cjs.js',
);
const { createPluginKeySource } = load<{
  createPluginKeySource(options: object): Promise<PluginKeySource>;
}>('auth/plugin/keys/createPluginKeySource.cjs.js');
const { DefaultHttpAuthService } = load<{
  DefaultHttpAuthService: { create(options: object): HttpAuthService };
}>('httpAuth/httpAuthServiceFactory.cjs.js');
const { createCredentialsBarrier } = load<{
  createCredentialsBarrier(options: object): BackstageBarrier;
}>('httpRouter/http/createCredentialsBarrier.cjs.js');

/** Where Backstage's plugin token handler gets its keys. */
export interface PluginKeySource {
  getPrivateSigningKey(): Promise<object>;
  listKeys(): Promise<{ keys: Array<{ key: object }> }>;
}

/** Backstage's credentials barrier: a middleware. */
export interface BackstageBarrier {
  middleware(req: object, res: object, next: (error?: unknown) => void): void;
  addAuthPolicy(policy: { path: string; allow: string }): void;
}

/** Backstage's auth service of one plugin, put together as its own service factory does it. */
export async function createTheirAuth(options: {
  pluginId: string;
  discovery: DiscoveryService;
  logger: LoggerService;
  config: object;
  /** Stands in for a database that only the keys would be in. */
  keySource: PluginKeySource;
}): Promise<AuthService> {
  const { pluginId, discovery, logger } = options;
  const config = new ConfigReader(options.config as Record<string, never>);
  const keyDuration = { hours: 1 };
  const isStatic = config.getOptionalString('backend.auth.pluginKeyStore.type') ?? 'database';
  const keySource =
    isStatic === 'database'
      ? options.keySource
      : await createPluginKeySource({ config, logger, keyDuration });
  return new DefaultAuthService(
    UserTokenHandler.create({ discovery, logger }),
    DefaultPluginTokenHandler.create({
      ownPluginId: pluginId,
      logger,
      keySource,
      keyDuration,
      discovery,
    }),
    ExternalAuthTokenHandler.create({ ownPluginId: pluginId, config, logger }),
    pluginId,
    config.getOptionalBoolean('backend.auth.dangerouslyDisableDefaultAuthPolicy') ?? false,
    keySource,
  );
}

/** Backstage's request service of one plugin. */
export function createTheirHttpAuth(options: {
  auth: AuthService;
  discovery: DiscoveryService;
  pluginId: string;
}): HttpAuthService {
  return DefaultHttpAuthService.create(options);
}

/** Backstage's credentials barrier of one plugin. */
export function createTheirBarrier(options: {
  httpAuth: object;
  config?: object;
}): BackstageBarrier {
  const config = new ConfigReader((options.config ?? {}) as Record<string, never>);
  return createCredentialsBarrier({ ...options, config });
}
