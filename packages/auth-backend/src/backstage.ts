/**
 * The auth and user info services of a Backstage backend.
 *
 * @packageDocumentation
 */
export { authBackendServiceRef } from './backstage/authBackendServiceRef';
export { authServiceFactory } from './backstage/authServiceFactory';
export {
  externalTokenHandlersServiceRef,
  pluginTokenHandlerDecoratorServiceRef,
} from './backstage/extensionRefs';
export { userInfoServiceFactory } from './backstage/userInfoServiceFactory';
export {
  createExternalTokenHandler,
  type ExternalTokenHandler,
  type PluginTokenHandler,
} from '@stagepass/auth-backend';
