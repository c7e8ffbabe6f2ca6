import {
  type BackstageCredentials,
  isPrincipal,
  NotAllowedError,
  type UserInfoService,
} from '@stagepass/auth-node';
import express, { type Router } from 'express';
import { type Entity, openEntityStore, parseEntity } from './entities';
import { hopAt } from './hops';
import { inputError } from './inputError';
import { isPermitted, type Permission } from './permissions';
import type { PluginServices } from './PluginServices';

const readPermission: Permission = { name: 'catalog.entity.read', action: 'read' };
const createPermission: Permission = { name: 'catalog.entity.create', action: 'create' };

/** The plugin `catalog`: entities, of which a caller sees those that concern it. */
export async function catalogPlugin(services: PluginServices): Promise<Router> {
  const { httpAuth, userInfo, database } = services;
  const entities = await openEntityStore(database);
  const router = express.Router();

  router.get('/whoami', async (req, res) => {
    res.json({ hops: [hopAt('catalog', await httpAuth.credentials(req))] });
  });

  router.get('/entities', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user', 'service'] });
    const mayRead = await readRule(credentials, userInfo);
    const visible = (await entities.list()).filter(mayRead);
    res.json({ hops: [hopAt('catalog', credentials)], entities: visible });
  });

  router.post('/entities', express.json(), async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['service'] });
    if (!isPermitted(credentials.principal, createPermission)) {
      throw new NotAllowedError(`The permission ${createPermission.name} is not granted`);
    }
    const entity = parseEntity(req.body);
    if (!entity)
      throw inputError('Expected a JSON object with the refs "ref" and "owner", and "public"');
    await entities.add(entity);
    res.status(201).json({ hops: [hopAt('catalog', credentials)], entity });
  });

  return router;
}

/** Users read what is public or theirs; services read everything, if their restrictions let them read. */
async function readRule(
  credentials: BackstageCredentials,
  userInfo: UserInfoService,
): Promise<(entity: Entity) => boolean> {
  if (isPrincipal(credentials, 'user')) {
    const { ownershipEntityRefs } = await userInfo.getUserInfo(credentials);
    return entity => entity.public || ownershipEntityRefs.includes(entity.owner);
  }
  const permitted =
    isPrincipal(credentials, 'service') && isPermitted(credentials.principal, readPermission);
  return () => permitted;
}
