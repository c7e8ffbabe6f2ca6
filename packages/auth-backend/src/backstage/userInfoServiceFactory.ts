import {
  coreServices,
  createServiceFactory,
  type ServiceFactory,
  type UserInfoService,
} from '@backstage/backend-plugin-api';
import { authBackendServiceRef } from './authBackendServiceRef';

/**
 * Makes the user info service of each plugin of a Backstage backend, in place of Backstage's own. All plugins
 * of the process share answers for five seconds.
 *
 * @public
 */
export const userInfoServiceFactory: ServiceFactory<UserInfoService, 'plugin', 'singleton'> =
  createServiceFactory({
    service: coreServices.userInfo,
    deps: {
      authBackend: authBackendServiceRef,
      plugin: coreServices.pluginMetadata,
      discovery: coreServices.discovery,
      logger: coreServices.logger,
    },
    factory: ({ authBackend, plugin, ...own }) =>
      authBackend.userInfo({ ...own, pluginId: plugin.getId() }),
  });
