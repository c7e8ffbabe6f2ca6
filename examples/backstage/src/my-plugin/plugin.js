import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { createDocumentedRoutes } from './documentedRoutes.js';

// Documented: "Using the Service". What else the plugin does stands in the modules beside.
export default createBackendPlugin({
  pluginId: 'my-plugin',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
      },
      async init({ auth, httpAuth, httpRouter }) {
        // Your code goes here
        httpRouter.use(createDocumentedRoutes({ auth, httpAuth }));
      },
    });
  },
});
