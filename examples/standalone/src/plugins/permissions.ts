import type { BackstageServicePrincipal } from '@stagepass/auth-node';

/** Something that a plugin lets its callers do. */
export interface Permission {
  name: string;
  action: 'create' | 'read' | 'update' | 'delete';
}

/**
 * Tells whether a service may do something: what its access restrictions name, or anything if it has none.
 */
export function isPermitted(principal: BackstageServicePrincipal, permission: Permission): boolean {
  const { permissionNames, permissionAttributes } = principal.accessRestrictions ?? {};
  if (permissionNames && !permissionNames.includes(permission.name)) return false;
  const actions = permissionAttributes?.action;
  return !actions || actions.includes(permission.action);
}
