import type { AuthService, DiscoveryService, HttpAuthService } from '@stagepass/auth-node';
import { Router } from 'express';

/**
 * The routes of the plugin `todo`: one answers who calls, the other asks the catalog on behalf of the caller.
 * The services come from whoever mounts it: a backend, or a test.
 */
export function createRouter(services: {
  auth: AuthService;
  httpAuth: HttpAuthService;
  discovery: DiscoveryService;
  fetch: (url: string, init: { headers: { authorization: string } }) => Promise<Response>;
}): Router {
  const { auth, httpAuth, discovery, fetch } = services;
  const router = Router();

  router.get('/me', async (req, res) => {
    const { principal } = await httpAuth.credentials(req, { allow: ['user'] });
    res.json({ user: principal.userEntityRef });
  });

  router.get('/entities', async (req, res) => {
    const onBehalfOf = await httpAuth.credentials(req, { allow: ['user', 'service'] });
    const { token } = await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'catalog' });
    const url = `${await discovery.getBaseUrl('catalog')}/entities`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    res.status(answer.status).json(await answer.json());
  });

  return router;
}
