import {
  externalTokenHandlersServiceRef as theirHandlersRef,
  pluginTokenHandlerDecoratorServiceRef as theirDecoratorRef,
} from '@backstage/backend-defaults/auth';
import {
  type AuthService,
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createAuthBackend } from '@stagepass/auth-backend';
import {
  authBackendServiceRef,
  externalTokenHandlersServiceRef,
  pluginTokenHandlerDecoratorServiceRef,
} from '@stagepass/auth-backend/backstage';
import type { NextFunction, Request, Response } from 'express';
import { type RunningBackend, startBackend } from './startBackend';

const ci = { type: 'static', options: { token: 'canary-static-token', subject: 'ci' } };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const asCi = bearer('canary-static-token');

/** A plugin that shows who calls, and calls `receiver` as itself or for its caller. */
function createPlugin(pluginId: string, services: Map<string, AuthService> = new Map()) {
  return createBackendPlugin({
    pluginId,
    register(env) {
      env.registerInit({
        deps: {
          auth: coreServices.auth,
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          discovery: coreServices.discovery,
          logger: coreServices.logger,
        },
        async init({ auth, httpAuth, httpRouter, discovery }) {
          services.set(pluginId, auth);
          httpRouter.addAuthPolicy({ path: '/open', allow: 'unauthenticated' });
          // A plain async handler, which Backstage's router waits for.
          const handler = async (req: Request, res: Response, next: NextFunction) => {
            if (req.path === '/fails') throw new InputError('no such thing');
            if (req.path === '/passes') return 'next';
            if (req.path === '/who' || req.path === '/open') {
              const credentials = await httpAuth.credentials(req as never);
              res.json({ who: String(credentials.principal) });
            } else if (req.path === '/onward') {
              const { token } = await auth.getPluginRequestToken({
                onBehalfOf: await auth.getOwnServiceCredentials(),
                targetPluginId: 'receiver',
              });
              const url = `${await discovery.getBaseUrl('receiver')}/who`;
              res.json(await (await fetch(url, { headers: bearer(token) })).json());
            } else next();
            return undefined;
          };
          httpRouter.use(handler as never);
          httpRouter.use((req, res, next) => {
            if (req.path === '/passes') res.json({ passed: true });
            else next();
          });
        },
      });
    },
  });
}

/** A plugin without any routes of its own. */
const silent = createBackendPlugin({
  pluginId: 'silent',
  register(env) {
    env.registerInit({ deps: {}, async init() {} });
  },
});

let backend: RunningBackend | undefined;
const start = async (...parts: Parameters<typeof startBackend>) => {
  backend = await startBackend(...parts);
  return backend;
};

afterEach(async () => {
  await backend?.stop();
  backend = undefined;
});

describe('a Backstage backend on our service factories', () => {
  it('knows its callers, and lets plugins call each other', async () => {
    const { get } = await start([createPlugin('caller'), createPlugin('receiver')], {
      backend: { auth: { externalAccess: [ci] } },
    });
    expect(await get('/api/caller/who', asCi)).toMatchObject({
      status: 200,
      body: { who: 'servicePrincipal{ci}' },
    });
    expect(await get('/api/caller/onward', asCi)).toMatchObject({
      status: 200,
      body: { who: 'servicePrincipal{plugin:caller}' },
    });
    expect((await get('/api/caller/open')).body).toEqual({ who: 'nonePrincipal' });
  });

  it('refuses with a challenge, and Backstage’s error body', async () => {
    const { get } = await start([createPlugin('caller')]);
    const refusals = [
      [await get('/api/caller/who'), 'Missing credentials', 'Bearer realm="backend"'],
      [
        await get('/api/caller/who', bearer('junk')),
        'Illegal token',
        'Bearer realm="backend", error="invalid_token"',
      ],
    ] as const;
    for (const [{ status, headers, body }, message, challenge] of refusals) {
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe(challenge);
      expect(body).toEqual({
        error: { name: 'AuthenticationError', message },
        request: { method: 'GET', url: '/who' },
        response: { statusCode: 401 },
      });
    }
  });

  it('answers the errors of async handlers, and goes on where they say so', async () => {
    const { get } = await start([createPlugin('caller')], {
      backend: { auth: { externalAccess: [ci] } },
    });
    expect(await get('/api/caller/fails', asCi)).toMatchObject({
      status: 400,
      body: { error: { name: 'InputError', message: 'no such thing' } },
    });
    expect((await get('/api/caller/passes', asCi)).body).toEqual({ passed: true });
    expect((await get('/api/caller/nowhere', asCi)).status).toBe(404);
  });

  it('knows error handlers, and lists of handlers, among what a plugin adds', async () => {
    const plugin = createBackendPlugin({
      pluginId: 'errors',
      register(env) {
        env.registerInit({
          deps: { httpRouter: coreServices.httpRouter },
          async init({ httpRouter }) {
            httpRouter.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
            const mark = (name: string) => (_req: Request, res: Response, next: NextFunction) => {
              res.setHeader(name, 'seen');
              next();
            };
            httpRouter.use([mark('x-first'), mark('x-second')] as never);
            httpRouter.use((async (req: Request, res: Response) => {
              if (req.path === '/throw') throw new Error('teapot');
              if (req.path === '/nothing') await Promise.reject();
              if (req.path === '/route-name') await Promise.reject('router');
              res.json({ ok: true });
            }) as never);
            httpRouter.use((async (
              error: Error,
              _req: Request,
              res: Response,
              next: NextFunction,
            ) => {
              if (error.message === 'teapot') res.status(418).json({ short: 'stout' });
              else next(error);
            }) as never);
          },
        });
      },
    });
    const { get } = await start([plugin]);
    const { status, headers } = await get('/api/errors/ok');
    expect([status, headers.get('x-first'), headers.get('x-second')]).toEqual([
      200,
      'seen',
      'seen',
    ]);
    expect(await get('/api/errors/throw')).toMatchObject({
      status: 418,
      body: { short: 'stout' },
    });
    expect((await get('/api/errors/nothing')).status).toBe(500);
    expect((await get('/api/errors/route-name')).status).toBe(500);
  });

  it('publishes the keys of a plugin that has no routes', async () => {
    const { get } = await start([silent]);
    const { status, body } = await get('/api/silent/.backstage/auth/v1/jwks.json');
    expect(status).toBe(200);
    expect(body).toEqual({ keys: [expect.objectContaining({ kty: 'EC', alg: 'ES256' })] });
  });

  it('limits the rate where the configuration says so', async () => {
    const { get } = await start([createPlugin('caller')], {
      backend: {
        auth: { externalAccess: [ci] },
        rateLimit: { plugin: { caller: { window: '1m', incomingRequestLimit: 1 } } },
      },
    });
    expect((await get('/api/caller/who', asCi)).status).toBe(200);
    expect((await get('/api/caller/who', asCi)).status).toBe(429);
  });

  it('lets everybody pass where the default policy is off', async () => {
    const { get } = await start([createPlugin('caller')], {
      backend: { auth: { dangerouslyDisableDefaultAuthPolicy: 'true' } },
    });
    expect((await get('/api/caller/who')).body).toEqual({ who: 'nonePrincipal' });
    expect((await get('/api/caller/who', bearer(''))).body).toEqual({ who: 'nonePrincipal' });
    expect((await get('/api/caller/who', bearer('junk'))).status).toBe(401);
  });

  it('does not start with a wrong configuration, and says where it is wrong', async () => {
    const config = { backend: { auth: { externalAccess: [{ type: 'jwks', config: {} }] } } };
    await expect(start([createPlugin('caller')], config)).rejects.toThrow(
      "backend.auth.externalAccess[0].config: unknown key, expected one of type, options, accessRestrictions; did you mean 'options'?",
    );
  });
});

describe('extension points are Backstage’s, by either reference', () => {
  it.each([
    ['ours', externalTokenHandlersServiceRef],
    ['theirs', theirHandlersRef],
  ])('external token handlers: %s', async (_, service) => {
    const handler = createServiceFactory({
      service: service as typeof theirHandlersRef,
      deps: {},
      factory: () => ({
        type: 'ldap',
        initialize: ({ options }) => options.getString('server'),
        verifyToken: async (token, server) =>
          token === 'from-ldap' ? { subject: `ldap:${String(server)}` } : undefined,
      }),
    });
    const { get } = await start([createPlugin('caller'), handler], {
      backend: { auth: { externalAccess: [{ type: 'ldap', options: { server: 'a' } }] } },
    });
    expect((await get('/api/caller/who', bearer('from-ldap'))).body).toEqual({
      who: 'servicePrincipal{ldap:a}',
    });
  });

  it.each([
    ['ours', pluginTokenHandlerDecoratorServiceRef],
    ['theirs', theirDecoratorRef],
  ])('the decorator of the plugin token handler: %s', async (_, service) => {
    const decorator = createServiceFactory({
      service: service as typeof theirDecoratorRef,
      deps: { plugin: coreServices.pluginMetadata },
      factory:
        ({ plugin }) =>
        handler => ({
          ...handler,
          verifyToken: async token =>
            token === 'from-mesh'
              ? { subject: `plugin:mesh-of-${plugin.getId()}` }
              : handler.verifyToken(token),
        }),
    });
    const { get } = await start([createPlugin('caller'), decorator]);
    expect((await get('/api/caller/who', bearer('from-mesh'))).body).toEqual({
      who: 'servicePrincipal{plugin:mesh-of-caller}',
    });
  });

  it('the shared part can be made with options of one’s own', async () => {
    const events: string[] = [];
    const shared = createServiceFactory({
      service: authBackendServiceRef,
      deps: { config: coreServices.rootConfig, logger: coreServices.rootLogger },
      factory: ({ config, logger }) =>
        createAuthBackend({
          config,
          logger,
          onAuthEvent: event => events.push(`${event.pluginId} ${event.type}`),
        }),
    });
    const { get } = await start([createPlugin('caller'), createPlugin('receiver'), shared], {
      backend: { auth: { externalAccess: [ci] } },
    });
    await get('/api/caller/onward', asCi);
    expect(events).toEqual(['caller verified', 'caller issued', 'receiver verified']);
  });
});

describe('the services of a plugin', () => {
  it('are of one backend per process: each has its own keys', async () => {
    const services = new Map<string, AuthService>();
    const { get } = await start([
      createPlugin('caller', services),
      createPlugin('receiver', services),
    ]);
    const keys = await Promise.all(
      ['caller', 'receiver'].map(id => services.get(id)!.listPublicServiceKeys()),
    );
    expect(keys[0]).not.toEqual(keys[1]);
    expect((await get('/api/caller/.backstage/auth/v1/jwks.json')).body).toEqual(keys[0]);
  });

  it('tell the log of the plugin what they refuse, and at the end what they counted', async () => {
    const warnings: string[] = [];
    const logger = createServiceFactory({
      service: coreServices.logger,
      deps: {},
      factory() {
        const silent = () => {};
        const own: LoggerService = {
          error: silent,
          warn: message => void (message.startsWith('Refused') && warnings.push(message)),
          info: silent,
          debug: silent,
          child: () => own,
        };
        return own;
      },
    });
    const backend = await startBackend([createPlugin('caller'), logger]);
    for (const headers of [{}, {}, {}, bearer('x'), bearer('x')]) {
      expect((await backend.get('/api/caller/who', headers)).status).toBe(401);
    }
    const missing = 'Refused by the plugin caller: expected user or service credentials, ';
    const malformed = 'Refused by the plugin caller: the token is not a well-formed JWS: ';
    expect(warnings).toEqual([
      expect.stringContaining(missing),
      expect.stringContaining(malformed),
    ]);
    await backend.stop();
    expect(warnings.slice(2).sort()).toEqual([
      expect.stringMatching(
        /expected user .* \(the last of 2 in 10 s that were counted, not told\)$/,
      ),
      expect.stringMatching(
        /well-formed .* \(the last of 1 in 10 s that were counted, not told\)$/,
      ),
    ]);
  });
});
