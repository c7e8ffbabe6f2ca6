import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type ServiceRef,
} from '@backstage/backend-plugin-api';
import {
  type AuthBackend,
  type AuthBackendOptions,
  createAuthBackend,
} from '@stagepass/auth-backend';

/**
 * What the auth services of all plugins of a process share: key sets, configuration, user info. Its default
 * factory reads the configuration and logs to the root logger; add a factory of your own to give
 * `createAuthBackend` further options, such as `onAuthEvent`.
 *
 * @example
 * ```ts
 * import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
 * import { createAuthBackend } from '@stagepass/auth-backend';
 *
 * backend.add(
 *   createServiceFactory({
 *     service: authBackendServiceRef,
 *     deps: { config: coreServices.rootConfig, logger: coreServices.rootLogger },
 *     factory: ({ config, logger }) => createAuthBackend({ config, logger, onAuthEvent: audit }),
 *   }),
 * );
 * ```
 * @public
 */
export const authBackendServiceRef: ServiceRef<AuthBackend, 'root'> = createServiceRef<AuthBackend>(
  {
    id: 'stagepass.authBackend',
    scope: 'root',
    defaultFactory: async service =>
      createServiceFactory({
        service,
        deps: {
          config: coreServices.rootConfig,
          logger: coreServices.rootLogger,
          lifecycle: coreServices.rootLifecycle,
        },
        factory({ config, logger, lifecycle }) {
          const backend = createBackend({ config, logger });
          lifecycle.addShutdownHook(() => backend.close());
          return backend;
        },
      }),
  },
);

/** A wrong configuration is told to each plugin, whose start it ends: nobody waits for what the process shares. */
function createBackend(options: AuthBackendOptions): AuthBackend {
  try {
    return createAuthBackend(options);
  } catch (error) {
    return {
      forPlugin: () => Promise.reject(error as Error),
      explainToken: () => Promise.reject(error as Error),
      userInfo() {
        throw error;
      },
      close: () => Promise.resolve(),
    };
  }
}
