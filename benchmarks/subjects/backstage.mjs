import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';

const require = createRequire(import.meta.url);

/**
 * Makes Backstage's auth service of one plugin of its published classes, put together as its own service
 * factory does it. Its keys are in memory: no row measures its database.
 *
 * @param {{ pluginId: string, discovery: object, config?: object, logger: object }} options
 */
export async function createBackstageAuth({ pluginId, discovery, config = {}, logger }) {
  const classes = load();
  const keySource = await createKeySource();
  const keyDuration = { hours: 1 };
  const { DefaultAuthService, UserTokenHandler, PluginTokenHandler, ExternalAuthTokenHandler } =
    classes;
  return new DefaultAuthService(
    UserTokenHandler.create({ discovery, logger }),
    PluginTokenHandler.create({ ownPluginId: pluginId, logger, keySource, keyDuration, discovery }),
    ExternalAuthTokenHandler.create({
      ownPluginId: pluginId,
      config: new classes.ConfigReader(config),
      logger,
    }),
    pluginId,
    false,
    keySource,
  );
}

/** Loads what the packages' `exports` do not name, and only once a row asks: it takes a while. */
function load() {
  const root = dirname(require.resolve('@backstage/backend-defaults/package.json'));
  const auth = file => require(join(root, 'dist/entrypoints/auth', file));
  return {
    DefaultAuthService: auth('DefaultAuthService.cjs.js').DefaultAuthService,
    UserTokenHandler: auth('user/UserTokenHandler.cjs.js').UserTokenHandler,
    PluginTokenHandler: auth('plugin/PluginTokenHandler.cjs.js').DefaultPluginTokenHandler,
    ExternalAuthTokenHandler: auth('external/ExternalAuthTokenHandler.cjs.js')
      .ExternalAuthTokenHandler,
    ConfigReader: require('@backstage/config').ConfigReader,
  };
}

/** What its own key source does between two rotations. */
async function createKeySource() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const name = { kid: 'backstage-key', alg: 'ES256' };
  const signingKey = Promise.resolve({ ...(await exportJWK(privateKey)), ...name });
  const key = { ...(await exportJWK(publicKey)), ...name };
  return {
    getPrivateSigningKey: () => signingKey,
    listKeys: async () => ({ keys: [{ id: name.kid, key }] }),
  };
}
