import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import Router from 'express-promise-router';
import { describeCaller } from './describeCaller.js';

/** The plugin at the end of the chain: says who called it. */
export default createBackendPlugin({
  pluginId: 'second-plugin',
  register(env) {
    env.registerInit({
      deps: { httpAuth: coreServices.httpAuth, httpRouter: coreServices.httpRouter },
      async init({ httpAuth, httpRouter }) {
        const router = Router();
        router.get('/who', async (req, res) => {
          res.json(describeCaller(await httpAuth.credentials(req)));
        });
        httpRouter.use(router);
      },
    });
  },
});
