import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  catalogConditions,
  createCatalogConditionalDecision,
} from '@backstage/plugin-catalog-backend/alpha';
import { catalogEntityReadPermission } from '@backstage/plugin-catalog-common/alpha';
import { AuthorizeResult, isPermission } from '@backstage/plugin-permission-common';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import { noticeReadPermission, reportReadPermission } from './my-plugin/permissions.js';

/** Everybody reads notices; users read reports, and of the catalog what they own. */
const policy = {
  async handle({ permission }, user) {
    const allow = { result: AuthorizeResult.ALLOW };
    const deny = { result: AuthorizeResult.DENY };
    if (isPermission(permission, noticeReadPermission)) return allow;
    if (!user) return deny;
    if (isPermission(permission, reportReadPermission)) return allow;
    if (isPermission(permission, catalogEntityReadPermission)) {
      const claims = user.info.ownershipEntityRefs;
      return createCatalogConditionalDecision(
        permission,
        catalogConditions.isEntityOwner({ claims }),
      );
    }
    return deny;
  },
};

export default createBackendModule({
  pluginId: 'permission',
  moduleId: 'example-policy',
  register(env) {
    env.registerInit({
      deps: { extension: policyExtensionPoint },
      async init({ extension }) {
        extension.setPolicy(policy);
      },
    });
  },
});
