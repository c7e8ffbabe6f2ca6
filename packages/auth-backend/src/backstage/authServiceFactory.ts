import {
  type AuthService,
  coreServices,
  createServiceFactory,
  type ServiceFactory,
} from '@backstage/backend-plugin-api';
import { authBackendServiceRef } from './authBackendServiceRef';
import {
  externalTokenHandlersServiceRef,
  pluginTokenHandlerDecoratorServiceRef,
} from './extensionRefs';

/**
 * Makes the auth service of each plugin of a Backstage backend, in place of Backstage's own: the same
 * configuration, tokens, key table and extension points. The first key of a plugin is published before the
 * plugin starts.
 *
 * @throws Error `AUTH_CONFIG_INVALID` at start, when the configuration is wrong; the message begins with the
 *   config path
 * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` at start, when the first key cannot be published
 * @example
 * ```ts
 * backend.add(authServiceFactory);
 * ```
 * @public
 */
export const authServiceFactory: ServiceFactory<AuthService, 'plugin', 'singleton'> =
  createServiceFactory({
    service: coreServices.auth,
    deps: {
      authBackend: authBackendServiceRef,
      plugin: coreServices.pluginMetadata,
      discovery: coreServices.discovery,
      logger: coreServices.logger,
      database: coreServices.database,
      externalTokenHandlers: externalTokenHandlersServiceRef,
      pluginTokenHandlerDecorator: pluginTokenHandlerDecoratorServiceRef,
    },
    factory: ({ authBackend, plugin, ...own }) => authBackend.forPlugin(plugin.getId(), own),
  });
