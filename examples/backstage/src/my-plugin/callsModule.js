import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { CatalogClient } from '@backstage/catalog-client';
import Router from 'express-promise-router';
import { describeCaller } from '../describeCaller.js';

const { fetch } = globalThis;

/** What the plugin knows of its caller, and what the next plugin does. */
export default createBackendModule({
  pluginId: 'my-plugin',
  moduleId: 'calls',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        discovery: coreServices.discovery,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        userInfo: coreServices.userInfo,
      },
      async init({ auth, discovery, httpAuth, httpRouter, userInfo }) {
        const catalog = new CatalogClient({ discoveryApi: discovery });
        const router = Router();

        router.use((_req, res, next) => {
          res.locals.catalog = catalog;
          next();
        });

        router.get('/who', async (req, res) => {
          res.json(describeCaller(await httpAuth.credentials(req)));
        });

        router.get('/me', async (req, res) => {
          const credentials = await httpAuth.credentials(req, { allow: ['user'] });
          res.json(await userInfo.getUserInfo(credentials));
        });

        // Hands on what the other plugin answers, its refusals included.
        router.get('/relay/:pluginId', async (req, res) => {
          const { pluginId } = req.params;
          const { token } = await auth.getPluginRequestToken({
            onBehalfOf: await httpAuth.credentials(req),
            targetPluginId: pluginId,
          });
          const url = `${await discovery.getBaseUrl(pluginId)}/who`;
          const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
          res.status(answer.status).json(await answer.json());
        });

        httpRouter.use(router);
      },
    });
  },
});
