import type { BackstagePrincipalAccessRestrictions } from '@stagepass/auth-node';
import { isPermitted } from './permissions';

it.each<[BackstagePrincipalAccessRestrictions | undefined, boolean]>([
  [undefined, true],
  [{}, true],
  [{ permissionNames: ['catalog.entity.read'] }, true],
  [{ permissionNames: ['catalog.entity.create'] }, false],
  [{ permissionAttributes: { action: ['read', 'update'] } }, true],
  [{ permissionAttributes: { action: ['create'] } }, false],
  [
    { permissionNames: ['catalog.entity.read'], permissionAttributes: { action: ['create'] } },
    false,
  ],
])('with the restrictions %j reading is permitted: %j', (accessRestrictions, expected) => {
  const principal = {
    type: 'service',
    subject: 'external:report-job',
    accessRestrictions,
  } as const;
  expect(isPermitted(principal, { name: 'catalog.entity.read', action: 'read' })).toBe(expected);
});
