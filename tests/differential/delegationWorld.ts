import { createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService } from '@stagepass/auth-node';
import { type DelegationWorld, type Holder, RESTRICTED_TOKEN } from './delegationRun';
import { createStarts } from './starts';
import type { World } from './worlds';

/** Sets up the plugin on both sides, once for each configuration, on the key sets of a world. */
export function createDelegationWorld(
  world: World,
  backend: typeof createAuthBackend = createAuthBackend,
): DelegationWorld {
  const starts = createStarts(backend, world.keySets.discovery);
  const started = new Map<string, Promise<AuthService>>();
  return {
    keys: world.keys,
    start(side, holder) {
      const config = configFor(world, holder);
      const name = `${side} ${JSON.stringify(config)}`;
      const service = started.get(name) ?? starts[side](config);
      started.set(name, service);
      return service;
    },
  };
}

function configFor({ auth }: World, holder: Holder): object {
  if (holder.who !== 'restricted') return auth;
  const restricted = {
    type: 'static',
    options: { token: RESTRICTED_TOKEN, subject: 'restricted-caller' },
    accessRestrictions: holder.restrictions,
  };
  const plain = holder.plain && { restrictedDelegation: 'plain' };
  return { ...auth, ...plain, externalAccess: [restricted] };
}
