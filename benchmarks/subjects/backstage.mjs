import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import express from 'express';
import { exportJWK, generateKeyPair } from 'jose';

const require = createRequire(import.meta.url);

/**
 * Makes Backstage's auth service of one plugin of its published classes, put together as its own service
 * factory does it. Its keys are in memory where no database is given.
 *
 * @param {{ pluginId: string, discovery: object, config?: object, database?: object, logger: object }} options
 */
export async function createBackstageAuth({ pluginId, discovery, config = {}, database, logger }) {
  const classes = load();
  const keyDuration = { hours: 1 };
  const keySource = database
    ? await classes.createPluginKeySource({
        config: new classes.ConfigReader(config),
        database,
        logger,
        keyDuration,
      })
    : await createKeySource();
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

/**
 * Makes what Backstage's `httpRouter` puts before the handlers of a plugin and ours does, too: the key set, the
 * credentials barrier, and the cookie routes. Its limits of rates and its waiting for the start are left out.
 *
 * @param {{ auth: object, discovery: object, pluginId: string }} options
 */
export function createBackstageDoor({ auth, discovery, pluginId }) {
  const { DefaultHttpAuthService } = entrypoint('httpAuth/httpAuthServiceFactory.cjs.js');
  const http = file => entrypoint(`httpRouter/http/${file}.cjs.js`);
  const httpAuth = DefaultHttpAuthService.create({ auth, discovery, pluginId });
  const config = new (require('@backstage/config').ConfigReader)({});
  const router = express.Router();
  router.use(http('createAuthIntegrationRouter').createAuthIntegrationRouter({ auth }));
  router.use(
    http('createCredentialsBarrier').createCredentialsBarrier({ httpAuth, config }).middleware,
  );
  const cookies = http('createCookieAuthRefreshMiddleware');
  router.use(cookies.createCookieAuthRefreshMiddleware({ auth, httpAuth }));
  return { router, httpAuth };
}

/** Loads a file that the package's `exports` do not name. */
function entrypoint(file) {
  const root = dirname(require.resolve('@backstage/backend-defaults/package.json'));
  return require(join(root, 'dist/entrypoints', file));
}

/** Loads classes only once a row asks: it takes a while. */
function load() {
  const auth = file => entrypoint(`auth/${file}`);
  return {
    DefaultAuthService: auth('DefaultAuthService.cjs.js').DefaultAuthService,
    UserTokenHandler: auth('user/UserTokenHandler.cjs.js').UserTokenHandler,
    PluginTokenHandler: auth('plugin/PluginTokenHandler.cjs.js').DefaultPluginTokenHandler,
    ExternalAuthTokenHandler: auth('external/ExternalAuthTokenHandler.cjs.js')
      .ExternalAuthTokenHandler,
    createPluginKeySource: auth('plugin/keys/createPluginKeySource.cjs.js').createPluginKeySource,
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
