import {
  type BackendFeature,
  type BackstageCredentials,
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import { createRouter } from './backstageExpress';

/** A catalog that holds the given users, and tells the test who asked for them. */
export function createCatalogPlugin(
  users: string[],
  onRequest?: (credentials: BackstageCredentials) => void,
): BackendFeature {
  return createBackendPlugin({
    pluginId: 'catalog',
    register(env) {
      env.registerInit({
        deps: { httpAuth: coreServices.httpAuth, httpRouter: coreServices.httpRouter },
        async init({ httpAuth, httpRouter }) {
          const router = createRouter();
          router.get('/entities/by-name/:kind/:namespace/:name', async (req, res) => {
            onRequest?.(await httpAuth.credentials(req, { allow: ['user', 'service'] }));
            const { kind, namespace, name } = req.params as Record<string, string>;
            if (!users.includes(`${kind}:${namespace}/${name}`))
              throw new NotFoundError('No entity');
            res.json({ apiVersion: 'v1', kind, metadata: { namespace, name } });
          });
          httpRouter.use(router);
        },
      });
    },
  });
}
