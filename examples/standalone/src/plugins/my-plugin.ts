import express, { type Router } from 'express';
import { listEntities } from './catalogClient';
import { hopAt } from './hops';
import { pageHeaders, renderPage } from './page';
import type { PluginServices } from './PluginServices';
import { openVisits } from './visits';

/** The plugin `my-plugin`: calls the catalog, as itself and for its caller, and has a page for browsers. */
export async function myPlugin(services: PluginServices): Promise<Router> {
  const { auth, httpAuth, database, addAuthPolicy } = services;
  addAuthPolicy({ path: '/health', allow: 'unauthenticated', methods: ['GET'], exact: true });
  addAuthPolicy({ path: '/page', allow: 'user-cookie', methods: ['GET'], exact: true });
  const visits = await openVisits(database);
  const router = express.Router();

  router.get('/health', (_req, res) => {
    res.json({ status: 'ok' });
  });

  router.get('/as-myself', async (req, res) => {
    const caller = await httpAuth.credentials(req);
    const own = await auth.getOwnServiceCredentials();
    const { hops, entities } = await listEntities(services, own, req);
    res.json({ hops: [hopAt('my-plugin', caller), ...hops], entities });
  });

  router.get('/on-behalf', async (req, res) => {
    const caller = await httpAuth.credentials(req);
    const { hops, entities } = await listEntities(services, caller, req);
    res.json({ hops: [hopAt('my-plugin', caller), ...hops], entities });
  });

  // For looking at what travels between two plugins. Only for users, whose token it narrows: given to a
  // service it would be this plugin's own. A real plugin has no such route.
  router.get('/token', async (req, res) => {
    const caller = await httpAuth.credentials(req, { allow: ['user'] });
    const options = { onBehalfOf: caller, targetPluginId: 'catalog' };
    res.set('Cache-Control', 'no-store').json(await auth.getPluginRequestToken(options));
  });

  router.get('/page', async (req, res) => {
    const caller = await httpAuth.credentials(req, { allow: ['user'], allowLimitedAccess: true });
    const { userEntityRef } = caller.principal;
    const { entities } = await listEntities(services, caller, req);
    const page = { userEntityRef, visit: await visits.count(userEntityRef), entities };
    res.set(pageHeaders).send(renderPage(page));
  });

  return router;
}
