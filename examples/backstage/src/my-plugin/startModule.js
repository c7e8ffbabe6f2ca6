import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import Router from 'express-promise-router';

const { fetch } = globalThis;

/** Calls another plugin before this one has started, and lets the walk look at a backend that is starting. */
export default createBackendModule({
  pluginId: 'my-plugin',
  moduleId: 'start',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        discovery: coreServices.discovery,
        httpRouter: coreServices.httpRouter,
      },
      async init({ auth, discovery, httpRouter }) {
        const { token } = await auth.getPluginRequestToken({
          onBehalfOf: await auth.getOwnServiceCredentials(),
          targetPluginId: 'second-plugin',
        });
        const url = `${await discovery.getBaseUrl('second-plugin')}/who`;
        const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
        const atStart = { status: answer.status, body: await answer.json() };

        const router = Router();
        router.get('/at-start', (_req, res) => {
          res.json(atStart);
        });
        httpRouter.use(router);

        // The walk answers when it has seen enough.
        if (process.env.START_GATE) await fetch(process.env.START_GATE);
      },
    });
  },
});
