import { authErrorHandler, authResponse, fastifyAuth } from '@stagepass/auth-http/fastify';
import type { AuthPolicy } from '@stagepass/auth-node';
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { jane } from '../../packages/auth-http/src/testing/expressPlugin';
import { sendRaw } from '../../packages/auth-http/src/testing/rawRequest';
import { setUpHttpAuth } from '../../packages/auth-http/src/testing/setUpHttpAuth';

const open = (path: string, more: Partial<AuthPolicy> = {}): AuthPolicy => ({
  path,
  allow: 'unauthenticated',
  ...more,
});

describe('fastifyAuth', () => {
  const apps: FastifyInstance[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  /** Starts a server whose routes answer with what they are called. */
  async function start(
    build: (app: FastifyInstance, services: ReturnType<typeof setUpHttpAuth>) => void,
    options: FastifyServerOptions = {},
  ) {
    const app = fastify(options);
    apps.push(app);
    const services = setUpHttpAuth();
    build(app, services);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return {
      ...services,
      send: (...lines: string[]) => sendRaw(app.server, ...lines),
    };
  }
  const named = (name: string) => async () => ({ handler: name });

  it('guards its own scope and those inside, whenever they were added, and no other', async () => {
    const { send } = await start((app, services) => {
      app.get('/outside', named('outside'));
      app.register(
        async plugin => {
          plugin.get('/early', named('early'));
          plugin.register(async inner => void inner.get('/early', named('inner')), {
            prefix: '/inner',
          });
          await plugin.register(fastifyAuth, services);
          plugin.register(async inner => void inner.get('/late', named('inner')), {
            prefix: '/inner',
          });
          plugin.get('/late', named('late'));
        },
        { prefix: '/api/test' },
      );
      app.register(async other => void other.get('/x', named('other')), { prefix: '/api/other' });
    });
    for (const path of ['/early', '/late', '/inner/early', '/inner/late']) {
      expect((await send(`GET /api/test${path}`)).status).toBe(401);
      expect((await send(`GET /api/test${path}`, jane)).status).toBe(200);
      expect((await send(`HEAD /api/test${path}`)).status).toBe(401);
    }
    expect((await send('GET /outside')).text).toBe('{"handler":"outside"}');
    expect((await send('GET /api/other/x')).text).toBe('{"handler":"other"}');
  });

  it('keeps the plugins of one server apart', async () => {
    const { send } = await start((app, services) => {
      for (const [prefix, path] of [
        ['/api/a', '/open'],
        ['/api/b', '/other'],
      ] as const) {
        app.register(
          async plugin => {
            await plugin.register(fastifyAuth, { ...services, policies: [open(path)] });
            plugin.get('/open', named(prefix));
          },
          { prefix },
        );
      }
    });
    expect((await send('GET /api/a/open')).text).toBe('{"handler":"/api/a"}');
    expect((await send('GET /api/b/open')).status).toBe(401);
    for (const prefix of ['/api/a', '/api/b']) {
      expect((await send(`GET ${prefix}/.backstage/auth/v1/jwks.json`)).status).toBe(200);
    }
  });

  it('takes policies from the scopes inside, and after the start', async () => {
    let add: FastifyInstance['addAuthPolicy'] = () => undefined;
    const { send } = await start((app, services) => {
      app.register(
        async plugin => {
          await plugin.register(fastifyAuth, services);
          plugin.register(async inner => {
            inner.addAuthPolicy(open('/a'));
            add = policy => inner.addAuthPolicy(policy);
            inner.get('/a', named('a'));
            inner.get('/b', named('b'));
          });
        },
        { prefix: '/api/test' },
      );
    });
    expect((await send('GET /api/test/a')).status).toBe(200);
    expect((await send('GET /api/test/b')).status).toBe(401);
    add(open('/b'));
    expect((await send('GET /api/test/b')).status).toBe(200);
  });

  it('guards what is not found at the root, and where the scope has a handler for that', async () => {
    const { send } = await start((app, services) => {
      app.register(fastifyAuth, services);
    });
    expect((await send('GET /nowhere')).status).toBe(401);
    expect((await send('FOO /nowhere')).status).not.toBe(200);
    expect((await send('GET /nowhere', jane)).status).toBe(404);

    const scoped = await start((app, services) => {
      app.register(
        async plugin => {
          await plugin.register(fastifyAuth, services);
          plugin.setNotFoundHandler(named('not found'));
        },
        { prefix: '/api/test' },
      );
    });
    expect((await scoped.send('GET /api/test/nowhere')).status).toBe(401);
    expect((await scoped.send('GET /api/test/nowhere', jane)).text).toContain('not found');
  });

  const onePlugin =
    (prefix: string, policies: AuthPolicy[]) =>
    (app: FastifyInstance, services: ReturnType<typeof setUpHttpAuth>) => {
      app.register(
        async plugin => {
          await plugin.register(fastifyAuth, { ...services, policies });
          plugin.get('/', named('root'));
          plugin.get('/item', named('item'));
          plugin.get('/:a', named('one'));
          plugin.get('/:a/:b', named('two'));
        },
        { prefix },
      );
    };

  it('decides about the path that rewriteUrl made', async () => {
    const { send } = await start(onePlugin('/api/test', [open('/item')]), {
      rewriteUrl: ({ url = '' }) =>
        url === '/nice' ? '/api/test/item' : url.replace('/api/test/item', '/api/test/secret'),
    });
    expect((await send('GET /nice')).text).toBe('{"handler":"item"}');
    expect((await send('GET /api/test/item')).status).toBe(401);
  });

  it('takes into account that a semicolon can end the path', async () => {
    const { send } = await start(onePlugin('/api/test', [open('/:x/:y', { exact: true })]), {
      routerOptions: { useSemicolonDelimiter: true } as object,
    });
    expect((await send('GET /api/test/a/b')).text).toBe('{"handler":"two"}');
    expect((await send('GET /api/test/a;/b')).status).toBe(401);
    expect((await send('GET /api/test/item;/b')).status).toBe(401);
  });

  it('opens no path with doubled slashes, also where the router ignores them', async () => {
    const { send } = await start(onePlugin('/api/test', [open('/item')]), {
      routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true },
    });
    expect((await send('GET /api/test/item/')).text).toBe('{"handler":"item"}');
    for (const path of ['//api/test/item', '/api//test/item', '/api/test//item']) {
      expect((await send(`GET ${path}`)).status).toBe(401);
    }
  });

  it('takes a prefix with a slash at its end for the same prefix', async () => {
    const { send } = await start(onePlugin('/api/test/', [open('/'), open('/item')]));
    for (const path of ['/api/test/', '/api/test/item']) {
      expect({ path, status: (await send(`GET ${path}`)).status }).toEqual({ path, status: 200 });
    }
    expect((await send('GET /api/test/../item')).status).toBe(401);
  });

  it.each([[{ routerOptions: { caseSensitive: false } }], [{ caseSensitive: false }]])(
    'PATH-05: matches without regard to case where the router does: %j',
    async options => {
      const { send } = await start(onePlugin('/api/test', [open('/item')]), options);
      expect((await send('GET /api/test/ITEM')).text).toBe('{"handler":"item"}');
      expect((await send('GET /API/test/item')).status).toBe(401);
      const usual = await start(onePlugin('/api/test', [open('/item')]));
      expect((await usual.send('GET /api/test/ITEM')).status).toBe(401);
    },
  );

  it('PATH-05: knows that the router takes the Kelvin sign for a k where it ignores case', async () => {
    const policies: AuthPolicy[] = [open('/'), { path: '/keys', allow: 'user-cookie' }];
    const { send } = await start(
      (app, services) => {
        app.register(async plugin => {
          await plugin.register(fastifyAuth, { ...services, policies });
          plugin.get('/keys', named('keys'));
        });
      },
      { routerOptions: { caseSensitive: false } },
    );
    expect((await send('GET /%E2%84%AAeys')).status).toBe(401);
    expect((await send('GET /%E2%84%AAeys', jane)).text).toBe('{"handler":"keys"}');
  });

  it('opens nothing under a prefix with parameters', async () => {
    const { send } = await start(onePlugin('/:tenant', [open('/'), open('/item')]));
    expect((await send('GET /a/item')).status).toBe(401);
    expect((await send('GET /:tenant/item')).status).toBe(401);
    expect((await send('GET /a/.backstage/auth/v1/jwks.json')).status).toBe(200);
  });

  it('refuses a repeated header wherever the request of Fastify is asked for credentials', async () => {
    const { send } = await start((app, { httpAuth }) => {
      app.setErrorHandler(authErrorHandler);
      app.get('/unguarded', async request => (await httpAuth.credentials(request)).principal);
    });
    expect((await send('GET /unguarded', jane)).text).toContain('user:default/jane');
    expect((await send('GET /unguarded', jane, jane)).status).toBe(401);
  });

  it('answers what handlers refuse, and leaves the rest to the error handler around', async () => {
    const { send } = await start((app, services) => {
      app.setErrorHandler((error, _request, reply) => {
        reply.code(418).send(`around: ${(error as Error).message}`);
      });
      app.register(async plugin => {
        await plugin.register(fastifyAuth, services);
        plugin.get('/user', request => services.httpAuth.credentials(request, { allow: ['user'] }));
        plugin.get('/boom', async () => {
          throw new Error('boom');
        });
        plugin.register(async inner => {
          inner.setErrorHandler((error, _request, reply) => {
            if ((error as Error).message !== 'mine') throw error;
            reply.code(409).send('inner');
          });
          inner.get('/mine', async () => {
            throw new Error('mine');
          });
          inner.get('/inner', request =>
            services.httpAuth.credentials(request, { allow: ['user'] }),
          );
        });
      });
    });
    const service = 'Authorization: Bearer service.x';
    for (const path of ['/user', '/inner']) {
      const answer = await send(`GET ${path}`, service);
      expect(answer.status).toBe(403);
      expect(answer.headers['www-authenticate']).toEqual([
        'Bearer realm="backend", error="insufficient_scope"',
      ]);
    }
    expect(await send('GET /boom', jane)).toMatchObject({ status: 418, text: 'around: boom' });
    expect(await send('GET /mine', jane)).toMatchObject({ status: 409, text: 'inner' });
  });

  it('answers what it refuses itself, whatever handlers of errors and serializers there are', async () => {
    const { send } = await start((app, services) => {
      app.register(async plugin => {
        plugin.setReplySerializer(() => 'serialized');
        await plugin.register(fastifyAuth, services);
        plugin.register(async inner => {
          inner.setErrorHandler((_error, _request, reply) => reply.code(200).send('fine'));
          inner.get('/x', named('x'));
        });
      });
    });
    const answer = await send('GET /x');
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('"message":"Missing credentials"');
    expect((await send('GET /.backstage/auth/v1/jwks.json')).text).toBe('{"keys":[{"kid":"k1"}]}');
  });

  it('sets the cookie in a handler beside the headers that the reply has, for a caller who is verified once', async () => {
    const { auth, send } = await start((app, services) => {
      app.register(async plugin => {
        await plugin.register(fastifyAuth, services);
        plugin.get('/in', async (_request, reply) => {
          reply.header('Set-Cookie', 'theme=dark').header('Vary', 'Accept');
          await services.httpAuth.issueUserCookie(authResponse(reply));
          return {};
        });
      });
    });
    const { headers } = await send('GET /in', jane);
    expect(headers['set-cookie']).toEqual([
      'theme=dark',
      expect.stringMatching(/^backstage-auth=\S+jane/),
    ]);
    expect(headers.vary).toEqual(['Accept, Cookie, Authorization']);
    expect(headers['cache-control']).toEqual(['no-store']);
    expect(auth.verified).toHaveLength(1);
  });

  it('is registered once in a scope', async () => {
    await expect(
      start((app, services) => {
        app.register(fastifyAuth, services);
        app.register(fastifyAuth, services);
      }),
    ).rejects.toMatchObject({ code: 'FST_ERR_DEC_ALREADY_PRESENT' });
  });
});
