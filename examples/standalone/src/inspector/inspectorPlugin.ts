import express, { type Router } from 'express';
import type { PluginServices } from '../plugins/PluginServices';
import type { Traces } from './Traces';

/**
 * The plugin `inspector`, of the demo alone (see `createInspector.ts`): gives users the traces of their own
 * calls. Another user's is as little there as one that never was.
 */
export function inspectorPlugin({ httpAuth }: PluginServices, traces: Traces): Router {
  const router = express.Router();

  router.post('/traces', async (req, res) => {
    const { principal } = await httpAuth.credentials(req, { allow: ['user'] });
    const id = traces.open(principal.userEntityRef);
    res.status(201).set('Cache-Control', 'no-store').json({ id });
  });

  router.get('/traces/:id', async (req, res) => {
    const { principal } = await httpAuth.credentials(req, { allow: ['user'] });
    const hops = traces.hopsOf(req.params.id, principal.userEntityRef);
    if (!hops) throw Object.assign(new Error('You have no such trace'), { name: 'NotFoundError' });
    res.set('Cache-Control', 'no-store').json({ trace: hops });
  });

  return router;
}
