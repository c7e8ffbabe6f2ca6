import { createAuthBackend, createUserTokenIssuer } from '@stagepass/auth-backend';
import { createHttpAuthService } from '@stagepass/auth-http';
import { authErrorHandler, createPluginRouter } from '@stagepass/auth-http/express';
import type { DiscoveryService, LoggerService } from '@stagepass/auth-node';
import express, { type Express, type Router } from 'express';
import { answerError } from './answerError';
import type { ExampleConfig } from './config';
import type { Databases } from './databases';
import { demoPage, onlyFromThisMachine } from './demoPage';
import { createInspector } from './inspector/createInspector';
import { inspectorPlugin } from './inspector/inspectorPlugin';
import { authPlugin } from './plugins/auth';
import { catalogPlugin } from './plugins/catalog';
import { myPlugin } from './plugins/my-plugin';
import type { PluginServices } from './plugins/PluginServices';

/** A backend that is ready for requests. */
export interface Backend {
  app: Express;
  close(): Promise<void>;
}

/**
 * Puts the backend together: an auth service for each plugin, the plugins behind their credentials barrier,
 * and each at its path.
 *
 * @param options - `demoPageFolder`: where the files of the page of the demo are; with it come the page, and
 *   the inspector, which tells what a real backend keeps to itself
 * @throws Error `AUTH_CONFIG_INVALID` when `backend.auth` of the configuration is wrong
 */
export async function createBackend(options: {
  config: ExampleConfig;
  databases: Databases;
  discovery: DiscoveryService;
  logger: LoggerService;
  demoPageFolder?: string;
}): Promise<Backend> {
  const { databases, discovery, logger, demoPageFolder } = options;
  const { users, file: config } = options.config;

  // Only for the demo: a real backend gives the reasons of refusals to its log and audit trail alone.
  const inspector = demoPageFolder === undefined ? undefined : createInspector();
  const onAuthEvent = inspector?.onAuthEvent;

  const issuer = await createUserTokenIssuer({
    issuer: await discovery.getExternalBaseUrl('auth'),
    database: { getClient: () => databases.getClient('auth') },
    logger,
  });
  const backend = createAuthBackend({
    config,
    discovery,
    logger,
    database: databases,
    userTokenIssuer: issuer,
    onAuthEvent,
  });

  const httpAuths: Array<{ close(): void }> = [];
  const app = express().disable('x-powered-by').disable('etag').set('json spaces', 2);
  await mount('auth', services => authPlugin(services, { issuer, users }));
  await mount('catalog', catalogPlugin);
  await mount('my-plugin', myPlugin);
  if (inspector && demoPageFolder !== undefined) {
    app.use(onlyFromThisMachine);
    await mount('inspector', services => inspectorPlugin(services, inspector.traces));
    app.use(await demoPage(demoPageFolder));
  }
  app.use(authErrorHandler(), answerError(logger));
  return {
    app,
    async close() {
      for (const httpAuth of httpAuths) httpAuth.close();
      await backend.close();
    },
  };

  async function mount(
    pluginId: string,
    create: (services: PluginServices) => Router | Promise<Router>,
  ): Promise<void> {
    const auth = await backend.forPlugin(pluginId);
    const own = createHttpAuthService({ auth, discovery, pluginId, config, logger, onAuthEvent });
    httpAuths.push(own);
    const httpAuth = inspector?.overhear(own) ?? own;
    const { router, addAuthPolicy } = createPluginRouter({ auth, httpAuth, config });
    const database = await databases.getClient(pluginId);
    const userInfo = backend.userInfo();
    const services = { auth, httpAuth, userInfo, discovery, database, addAuthPolicy };
    router.use(await create(services));
    if (inspector) app.use(`/api/${pluginId}`, inspector.watch(pluginId));
    app.use(`/api/${pluginId}`, router);
  }
}
