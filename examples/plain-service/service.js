import { createAuthBackend } from '@stagepass/auth-backend';
import { createHttpAuthService } from '@stagepass/auth-http';
import { createServer } from './server.js';

/** Tells where the plugins are: wherever the configuration says, `{ <plugin id>: <base URL> }`. */
export function createDiscovery(plugins) {
  const getBaseUrl = async pluginId => {
    if (Object.hasOwn(plugins, pluginId)) return plugins[pluginId];
    throw new Error(`plugins: expected the base URL of ${JSON.stringify(pluginId)}, found none`);
  };
  return { getBaseUrl, getExternalBaseUrl: getBaseUrl };
}

/**
 * Makes a service that is, to the plugins of a Backstage backend, one of them; `listen` starts it. Refusals are
 * explained to the logger, which is the console unless another one is given.
 */
export async function createService(config, logger) {
  const { pluginId, plugins } = config;
  const discovery = createDiscovery(plugins);
  const backend = createAuthBackend({ discovery, config, logger });
  const auth = await backend.forPlugin(pluginId);
  const httpAuth = createHttpAuthService({ auth, discovery, pluginId, config });

  const handlers = {
    '/health': async () => ({ status: 'ok' }),

    '/me': async request => {
      const { principal } = await httpAuth.credentials(request);
      return { principal };
    },

    // A call to a plugin of Backstage, on behalf of whoever is calling here.
    '/entities': async request => {
      const { token } = await auth.getPluginRequestToken({
        onBehalfOf: await httpAuth.credentials(request),
        targetPluginId: 'catalog',
      });
      const answer = await fetch(`${await discovery.getBaseUrl('catalog')}/entities`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return { status: answer.status, entities: await answer.json() };
    },
  };

  const { pathname: prefix } = new URL(plugins[pluginId]);
  const server = await createServer({ auth, httpAuth, config, prefix, handlers });
  return {
    listen: server.listen,
    async close() {
      await server.close();
      await backend.close();
    },
  };
}
