import {
  createServiceFactory,
  createServiceRef,
  type ServiceRef,
} from '@backstage/backend-plugin-api';
import type { ExternalTokenHandler, PluginTokenHandlerDecorator } from '@stagepass/auth-backend';

/**
 * Adds methods by which external callers present themselves: one service factory for each. The same
 * reference as `externalTokenHandlersServiceRef` of `@backstage/backend-defaults/auth`, since references are
 * told apart by id.
 *
 * @public
 */
export const externalTokenHandlersServiceRef: ServiceRef<
  ExternalTokenHandler<unknown>,
  'plugin',
  'multiton'
> = createServiceRef<ExternalTokenHandler<unknown>>({
  id: 'core.auth.externalTokenHandlers',
  multiton: true,
});

/**
 * Puts something around the handling of plugin tokens; default nothing. The same reference as
 * `pluginTokenHandlerDecoratorServiceRef` of `@backstage/backend-defaults/auth`.
 *
 * @public
 */
export const pluginTokenHandlerDecoratorServiceRef: ServiceRef<
  PluginTokenHandlerDecorator,
  'plugin',
  'singleton'
> = createServiceRef<PluginTokenHandlerDecorator>({
  id: 'core.auth.pluginTokenHandlerDecorator',
  defaultFactory: async service =>
    createServiceFactory({ service, deps: {}, factory: () => handler => handler }),
});
