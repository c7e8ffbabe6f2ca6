import {
  type AuthService,
  type BackstageCredentials,
  coreServices,
  createServiceFactory,
  type DiscoveryService,
  type HttpAuthService,
  type ServiceFactory,
  type UserInfoService,
} from '@backstage/backend-plugin-api';
import { mockServices as fakes } from '@stagepass/auth-test-utils';
import { serviceMock } from './serviceMock';

/**
 * The `mockServices` of the main entry, for plugins that are tested inside a Backstage backend: each member
 * also has a `.factory()`, which makes a service factory of the working fake, and what its `.mock()` returns
 * has a `.factory`, which gives the mock itself to every plugin.
 *
 * @example
 * ```ts
 * import { startTestBackend } from '@backstage/backend-test-utils';
 * import { todoPlugin } from './plugin';
 *
 * const auth = mockServices.auth.mock({ getPluginRequestToken: async () => ({ token: 'a-token' }) });
 * await startTestBackend({ features: [todoPlugin, auth.factory, mockServices.httpAuth.factory()] });
 * ```
 *
 * @public
 */
export const mockServices = {
  /** Makes an auth service, see the main entry. */
  auth: Object.assign((...options: Parameters<typeof fakes.auth>) => fakes.auth(...options), {
    /**
     * Makes the factory of a mock auth service for each plugin. Of the configuration it reads
     * `backend.auth.dangerouslyDisableDefaultAuthPolicy`.
     */
    factory: (): ServiceFactory<AuthService, 'plugin', 'singleton'> =>
      createServiceFactory({
        service: coreServices.auth,
        deps: { plugin: coreServices.pluginMetadata, config: coreServices.rootConfig },
        factory: ({ plugin, config }) =>
          fakes.auth({
            pluginId: plugin.getId(),
            disableDefaultAuthPolicy: config.getOptionalBoolean(
              'backend.auth.dangerouslyDisableDefaultAuthPolicy',
            ),
          }),
      }),
    /** Makes an auth service of mock functions. */
    mock: serviceMock<AuthService>(coreServices.auth, fakes.auth.mock),
  }),

  /** Makes a request service, see the main entry. */
  httpAuth: Object.assign(
    (...options: Parameters<typeof fakes.httpAuth>) => fakes.httpAuth(...options),
    {
      /**
       * Makes the factory of a mock request service for each plugin.
       *
       * @param options - `defaultCredentials`: of requests that carry none, default those of the default user
       */
      factory: (options?: {
        defaultCredentials?: BackstageCredentials;
      }): ServiceFactory<HttpAuthService, 'plugin', 'singleton'> =>
        createServiceFactory({
          service: coreServices.httpAuth,
          deps: { plugin: coreServices.pluginMetadata },
          factory: ({ plugin }) =>
            fakes.httpAuth({
              pluginId: plugin.getId(),
              defaultCredentials: options?.defaultCredentials,
            }),
        }),
      /** Makes a request service of mock functions. */
      mock: serviceMock<HttpAuthService>(coreServices.httpAuth, fakes.httpAuth.mock),
    },
  ),

  /** Makes a user info service, see the main entry. */
  userInfo: Object.assign((...info: Parameters<typeof fakes.userInfo>) => fakes.userInfo(...info), {
    /** Makes the factory of a mock user info service, by which a user owns what it owns itself. */
    factory: (): ServiceFactory<UserInfoService, 'plugin', 'singleton'> =>
      createServiceFactory({
        service: coreServices.userInfo,
        deps: {},
        factory: () => fakes.userInfo(),
      }),
    /** Makes a user info service of mock functions. */
    mock: serviceMock<UserInfoService>(coreServices.userInfo, fakes.userInfo.mock),
  }),

  /** Makes a discovery service, see the main entry. */
  discovery: Object.assign(() => fakes.discovery(), {
    /** Makes the factory of a mock discovery service, of base URLs where nothing can answer. */
    factory: (): ServiceFactory<DiscoveryService, 'plugin', 'singleton'> =>
      createServiceFactory({
        service: coreServices.discovery,
        deps: {},
        factory: () => fakes.discovery(),
      }),
    /** Makes a discovery service of mock functions. */
    mock: serviceMock<DiscoveryService>(coreServices.discovery, fakes.discovery.mock),
  }),
};
