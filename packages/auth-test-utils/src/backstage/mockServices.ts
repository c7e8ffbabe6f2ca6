import {
  type AuthService,
  type BackstageCredentials,
  coreServices,
  createServiceFactory,
  type DiscoveryService,
  type HttpAuthService,
  type RootConfigService,
  type ServiceFactory,
  type UserInfoService,
} from '@backstage/backend-plugin-api';
import { mockServices as fakes } from '@stagepass/auth-test-utils';
import { serviceMock } from './serviceMock';

/**
 * The `mockServices` of the main entry, for plugins that are tested inside a Backstage backend: each member
 * also has a `.factory()`, which makes a service factory of the working fake, and what its `.mock()` and
 * `.spy()` return has a `.factory`, which gives this very service to every plugin.
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
     * `backend.auth.dangerouslyDisableDefaultAuthPolicy` and
     * `backend.auth.dangerouslyAllowStoredServiceCredentials`.
     */
    factory: (): ServiceFactory<AuthService, 'plugin', 'singleton'> =>
      createServiceFactory({
        service: coreServices.auth,
        deps: { plugin: coreServices.pluginMetadata, config: coreServices.rootConfig },
        factory: ({ plugin, config }) =>
          fakes.auth({
            pluginId: plugin.getId(),
            disableDefaultAuthPolicy: isTrue(config, 'dangerouslyDisableDefaultAuthPolicy'),
            dangerouslyAllowStoredServiceCredentials: isTrue(
              config,
              'dangerouslyAllowStoredServiceCredentials',
            ),
          }),
      }),
    /** Makes an auth service of mock functions. */
    mock: serviceMock<AuthService, [partialImpl?: Partial<AuthService>]>(
      coreServices.auth,
      fakes.auth.mock,
    ),
    /** Makes a working fake of mock functions. */
    spy: serviceMock<AuthService, Parameters<typeof fakes.auth>>(coreServices.auth, fakes.auth.spy),
  }),

  /** Makes a request service, see the main entry. */
  httpAuth: Object.assign(
    (...options: Parameters<typeof fakes.httpAuth>) => fakes.httpAuth(...options),
    {
      /**
       * Makes the factory of a mock request service for each plugin. Of the configuration it reads
       * `backend.auth.dangerouslyDisableDefaultAuthPolicy` and `backend.cors.origin`.
       *
       * @param options - `defaultCredentials`: of requests that carry none, default those of the default user
       */
      factory: (options?: {
        defaultCredentials?: BackstageCredentials;
      }): ServiceFactory<HttpAuthService, 'plugin', 'singleton'> =>
        createServiceFactory({
          service: coreServices.httpAuth,
          deps: { plugin: coreServices.pluginMetadata, config: coreServices.rootConfig },
          factory: ({ plugin, config }) =>
            fakes.httpAuth({
              pluginId: plugin.getId(),
              disableDefaultAuthPolicy: isTrue(config, 'dangerouslyDisableDefaultAuthPolicy'),
              corsOrigins: [
                config.getOptional<string | string[]>('backend.cors.origin') ?? [],
              ].flat(),
              defaultCredentials: options?.defaultCredentials,
            }),
        }),
      /** Makes a request service of mock functions. */
      mock: serviceMock<HttpAuthService, [partialImpl?: Partial<HttpAuthService>]>(
        coreServices.httpAuth,
        fakes.httpAuth.mock,
      ),
      /** Makes a working fake of mock functions. */
      spy: serviceMock<HttpAuthService, Parameters<typeof fakes.httpAuth>>(
        coreServices.httpAuth,
        fakes.httpAuth.spy,
      ),
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
    mock: serviceMock<UserInfoService, [partialImpl?: Partial<UserInfoService>]>(
      coreServices.userInfo,
      fakes.userInfo.mock,
    ),
    /** Makes a working fake of mock functions. */
    spy: serviceMock<UserInfoService, Parameters<typeof fakes.userInfo>>(
      coreServices.userInfo,
      fakes.userInfo.spy,
    ),
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
    mock: serviceMock<DiscoveryService, [partialImpl?: Partial<DiscoveryService>]>(
      coreServices.discovery,
      fakes.discovery.mock,
    ),
    /** Makes a working fake of mock functions. */
    spy: serviceMock<DiscoveryService, Parameters<typeof fakes.discovery>>(
      coreServices.discovery,
      fakes.discovery.spy,
    ),
  }),
};

function isTrue(config: RootConfigService, name: string): boolean | undefined {
  return config.getOptionalBoolean(`backend.auth.${name}`);
}
