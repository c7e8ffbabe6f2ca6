import {
  type AuthService,
  type BackstageCredentials,
  coreServices,
  createBackendPlugin,
  type DiscoveryService,
  type HttpAuthService,
  type PermissionsService,
  type UserInfoService,
} from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import { AuthorizeResult, createPermission } from '@backstage/plugin-permission-common';
import { type BackstageRouter, createRouter } from './backstageExpress';

export const todoReadPermission = createPermission({
  name: 'todo.read',
  attributes: { action: 'read' },
});

interface TodoServices {
  auth: AuthService;
  discovery: DiscoveryService;
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  userInfo: UserInfoService;
}

interface Todo {
  title: string;
  owner: string;
}

/** A plugin as an author would write it: it asks who calls, and calls the catalog on behalf of them. */
export const todoPlugin = createBackendPlugin({
  pluginId: 'todo',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        discovery: coreServices.discovery,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        permissions: coreServices.permissions,
        userInfo: coreServices.userInfo,
      },
      async init({ httpRouter, ...services }) {
        httpRouter.use(createTodoRouter(services));
        httpRouter.addAuthPolicy({ path: '/health', allow: 'unauthenticated' });
        httpRouter.addAuthPolicy({ path: '/callers/anyone', allow: 'unauthenticated' });
        httpRouter.addAuthPolicy({ path: '/owners', allow: 'unauthenticated' });
        httpRouter.addAuthPolicy({ path: '/attachments', allow: 'user-cookie' });
      },
    });
  },
});

/** The routes of the plugin; tests of the router alone give it mock services. */
export function createTodoRouter(services: TodoServices): BackstageRouter {
  const { auth, httpAuth, permissions, userInfo } = services;
  const todos: Todo[] = [];
  const router = createRouter();

  router.get('/health', (_req, res) => {
    res.json({ status: 'ok' });
  });

  router.get('/callers/anyone', async (req, res) => {
    res.json((await httpAuth.credentials(req)).principal);
  });

  router.get('/callers/nobody', async (req, res) => {
    res.json((await httpAuth.credentials(req, { allow: ['none'] })).principal);
  });

  router.get('/callers/users', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const { principal } = credentials;
    res.json({ ...(await userInfo.getUserInfo(credentials)), actor: principal.actor?.subject });
  });

  router.get('/callers/services', async (req, res) => {
    const { principal } = await httpAuth.credentials(req, { allow: ['service'] });
    res.json(principal);
  });

  router.get('/todos', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user', 'service'] });
    const [decision] = await permissions.authorize([{ permission: todoReadPermission }], {
      credentials,
    });
    if (decision?.result !== AuthorizeResult.ALLOW) throw new NotAllowedError('Unauthorized');
    if (!auth.isPrincipal(credentials, 'user')) {
      res.json(todos);
      return;
    }
    const { ownershipEntityRefs } = await userInfo.getUserInfo(credentials);
    res.json(todos.filter(({ owner }) => ownershipEntityRefs.includes(owner)));
  });

  router.post('/todos', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const { title, owner = credentials.principal.userEntityRef } = req.body as Partial<Todo>;
    if (!title) throw new InputError('A todo has a title');
    await requireEntity(services, credentials, owner);
    todos.push({ title, owner });
    res.status(201).json({ title, owner });
  });

  router.delete('/todos', async (req, res) => {
    await httpAuth.credentials(req, { allow: ['service'] });
    const own = await auth.getOwnServiceCredentials();
    for (const { owner } of todos) await requireEntity(services, own, owner);
    res.json({ deleted: todos.splice(0).length, by: own.principal.subject });
  });

  router.get('/owners/:name', async (req, res) => {
    const owner = `user:default/${req.params.name}`;
    await requireEntity(services, await httpAuth.credentials(req), owner);
    res.json({ owner });
  });

  router.get('/attachments/:name', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user'],
      allowLimitedAccess: true,
    });
    res.json({ name: req.params.name, for: credentials.principal.userEntityRef });
  });

  router.post('/session', async (_req, res) => {
    res.json(await httpAuth.issueUserCookie(res));
  });

  router.delete('/session', async (_req, res) => {
    const credentials = await auth.getNoneCredentials();
    res.json({ is: credentials.principal });
  });

  return router;
}

/** Asks the catalog whether there is such an entity. */
async function requireEntity(
  { auth, discovery }: TodoServices,
  onBehalfOf: BackstageCredentials,
  entityRef: string,
): Promise<void> {
  const { token } = await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'catalog' });
  const baseUrl = await discovery.getBaseUrl('catalog');
  const [kind, namespace, name] = entityRef.split(/[:/]/);
  const response = await fetch(`${baseUrl}/entities/by-name/${kind}/${namespace}/${name}`, {
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });
  if (response.status === 404) throw new InputError(`There is no ${entityRef}`);
  if (!response.ok) throw new ServiceUnavailableError(`The catalog answered ${response.status}`);
}
