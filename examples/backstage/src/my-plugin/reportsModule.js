import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { catalogEntityReadPermission } from '@backstage/plugin-catalog-common/alpha';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import Router from 'express-promise-router';
import {
  noticeReadPermission,
  reportCreatePermission,
  reportReadPermission,
} from './permissions.js';

/** Routes that the permission framework guards. */
export default createBackendModule({
  pluginId: 'my-plugin',
  moduleId: 'reports',
  register(env) {
    env.registerInit({
      deps: {
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        permissions: coreServices.permissions,
      },
      async init({ httpAuth, httpRouter, permissions }) {
        const guard = question => async (req, res) => {
          const credentials = await httpAuth.credentials(req);
          const [{ result }] = await permissions.authorize([question(req)], { credentials });
          if (result !== AuthorizeResult.ALLOW) throw new NotAllowedError('Not in this policy');
          res.json({ result });
        };
        const router = Router();
        router.get(
          '/notices',
          guard(() => ({ permission: noticeReadPermission })),
        );
        router.get(
          '/reports',
          guard(() => ({ permission: reportReadPermission })),
        );
        router.post(
          '/reports',
          guard(() => ({ permission: reportCreatePermission })),
        );
        // The permission plugin asks the catalog whether its conditions hold for this very entity.
        router.get(
          '/components/:name',
          guard(req => ({
            permission: catalogEntityReadPermission,
            resourceRef: `component:default/${req.params.name}`,
          })),
        );
        httpRouter.use(router);
      },
    });
  },
});
