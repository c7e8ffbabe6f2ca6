import type { AuthService, BackstageCredentials, DiscoveryService } from '@stagepass/auth-node';
import type { Request } from 'express';
import type { Entity } from './entities';
import type { Hop } from './hops';
import { requestIdOf } from './requestId';

/** Lists the entities of the catalog, in a call made for whoever the credentials name, while answering `req`. */
export async function listEntities(
  { auth, discovery }: { auth: AuthService; discovery: DiscoveryService },
  onBehalfOf: BackstageCredentials,
  req: Request,
): Promise<{ hops: Hop[]; entities: Entity[] }> {
  // A fresh token for each call: it lives no longer than the caller's own.
  const { token } = await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'catalog' });
  const response = await fetch(`${await discovery.getBaseUrl('catalog')}/entities`, {
    headers: { authorization: `Bearer ${token}`, ...requestIdOf(req) },
  });
  if (!response.ok) throw new Error(`The catalog answered with status ${response.status}`);
  return (await response.json()) as { hops: Hop[]; entities: Entity[] };
}
