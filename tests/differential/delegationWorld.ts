import { createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService } from '@stagepass/auth-node';
import { type DelegationWorld, RESTRICTED_TOKEN, type RestrictionInput } from './delegationRun';
import { createStarts } from './starts';
import type { World } from './worlds';

/** Sets up the plugin on both sides, once for each list of restrictions, on the key sets of a world. */
export function createDelegationWorld(
  world: World,
  backend: typeof createAuthBackend = createAuthBackend,
): DelegationWorld {
  const starts = createStarts(backend, world.keySets.discovery);
  const started = new Map<string, Promise<AuthService>>();
  return {
    keys: world.keys,
    start(side, restrictions) {
      const name = `${side} ${JSON.stringify(restrictions)}`;
      const service = started.get(name) ?? starts[side](configFor(world, restrictions));
      started.set(name, service);
      return service;
    },
  };
}

function configFor({ auth }: World, restrictions?: readonly RestrictionInput[]): object {
  const { externalAccess } = auth as { externalAccess: object[] };
  const restricted = {
    type: 'static',
    options: { token: RESTRICTED_TOKEN, subject: 'restricted-caller' },
    accessRestrictions: restrictions,
  };
  return { ...auth, externalAccess: restrictions ? [restricted] : externalAccess };
}
