import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import Router from 'express-promise-router';

/** A page for whoever has the cookie, and a page for everybody. */
export default createBackendModule({
  pluginId: 'my-plugin',
  moduleId: 'page',
  register(env) {
    env.registerInit({
      deps: { httpAuth: coreServices.httpAuth, httpRouter: coreServices.httpRouter },
      async init({ httpAuth, httpRouter }) {
        httpRouter.addAuthPolicy({ path: '/page', allow: 'user-cookie' });
        httpRouter.addAuthPolicy({ path: '/open', allow: 'unauthenticated' });
        const router = Router();

        router.get('/page', async (req, res) => {
          const { principal } = await httpAuth.credentials(req, {
            allow: ['user'],
            allowLimitedAccess: true,
          });
          res.type('html').send(`<!doctype html><h1>Hello, ${principal.userEntityRef}</h1>`);
        });

        router.get('/open', (_req, res) => {
          res.type('html').send('<!doctype html><h1>Come in</h1>');
        });

        httpRouter.use(router);
      },
    });
  },
});
