import { ConfigReader } from '@backstage/config';
import { createAuthBackend } from './createAuthBackend';
import { PLUGIN_KEYS_TABLE } from './keys/sqlTables';
import { issueOwn } from './testing/credentialFixtures';
import { settle } from './testing/FakeNetwork';
import { Installation, JANE } from './testing/Installation';
import { RecordingLogger } from './testing/RecordingLogger';
import { invalidConfig, keysUnavailable, rejectionOf } from './testing/refusals';
import { closeSqlite, openSqlite } from './testing/sqlite';
import { decode } from './testing/tokenFixtures';
import { createUserTokenIssuer } from './tokens/user/createUserTokenIssuer';
import type { ExternalTokenHandler } from './tokens/external/ExternalTokenHandler';

afterEach(closeSqlite);

function handler(type: string, prefix: string): ExternalTokenHandler<unknown> {
  return {
    type,
    initialize: () => undefined,
    verifyToken: async token => (token.startsWith(prefix) ? { subject: type } : undefined),
  };
}

describe('forPlugin', () => {
  it('returns the same service for the same id, also while that is being opened', async () => {
    const { backend } = new Installation();
    const services = await Promise.all(
      Array.from({ length: 100 }, () => backend.forPlugin('catalog')),
    );
    expect(new Set(services).size).toBe(1);
    expect(await backend.forPlugin('catalog', { logger: new RecordingLogger() })).toBe(services[0]);
    expect(await backend.forPlugin('search')).not.toBe(services[0]);
  });

  it('has published the first key when it resolves', async () => {
    const client = openSqlite();
    const { backend } = new Installation({ database: { getClient: async () => client } });
    const auth = await backend.forPlugin('catalog');
    const { keys } = await auth.listPublicServiceKeys();
    expect(keys).toHaveLength(1);
    expect(await client(PLUGIN_KEYS_TABLE).pluck('id')).toEqual([keys[0]!.kid]);
  });

  it('asks for the database of each plugin by its id', async () => {
    const clients = { a: openSqlite(), b: openSqlite() };
    const installation = new Installation({
      database: { getClient: async pluginId => clients[pluginId as 'a' | 'b'] },
    });
    const [a, b] = [await installation.plugin('a'), await installation.plugin('b')];
    for (const [id, auth] of Object.entries({ a, b })) {
      const { keys } = await auth.listPublicServiceKeys();
      expect(await clients[id as 'a' | 'b'](PLUGIN_KEYS_TABLE).pluck('id')).toEqual([keys[0]!.kid]);
    }
    expect(await b.authenticate(await issueOwn(a, 'b'))).toMatchObject({
      principal: { subject: 'plugin:a' },
    });
  });

  it('makes no tables where migrations are done elsewhere', async () => {
    const client = openSqlite();
    const { backend } = new Installation({
      database: { getClient: async () => client, migrations: { skip: true } },
    });
    const error = await rejectionOf(backend.forPlugin('catalog'));
    expect(error).toMatchObject({ name: 'Error', code: 'AUTH_CONFIG_INVALID' });
    expect(error.message).toContain(
      'database: migrations.skip is set, so the table backstage_backend_public_keys__keys must be there, but it cannot be read; make it, or do not set migrations.skip: ',
    );
    expect(await client('sqlite_master').select()).toEqual([]);
  });

  it('refuses a database client that another plugin has', async () => {
    const client = openSqlite();
    const { backend } = new Installation({ database: { getClient: async () => client } });
    await backend.forPlugin('catalog');
    await expect(backend.forPlugin('search')).rejects.toMatchObject(
      invalidConfig(
        'database: expected a client of its own for the plugin "search", found that of "catalog"',
      ),
    );
    await expect(
      backend.forPlugin('search', { database: { getClient: async () => openSqlite() } }),
    ).resolves.toBeDefined();
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    ['', '""'],
    ['a/b', '"a/b"'],
    ['a'.repeat(129), `"${'a'.repeat(129)}"`],
    [{}, '{}'],
  ])('refuses the id %j', async (pluginId, found) => {
    const { backend } = new Installation();
    await expect(backend.forPlugin(pluginId as string)).rejects.toMatchObject(
      invalidConfig(`pluginId: expected letters, digits, '-' and '_', found ${found}`),
    );
  });

  it('PLG-07 refuses an id that differs from another only in case', async () => {
    const { backend } = new Installation();
    const opening = backend.forPlugin('catalog');
    await expect(backend.forPlugin('Catalog')).rejects.toMatchObject(
      invalidConfig('pluginId: "Catalog" differs from "catalog" only in case'),
    );
    await opening;
  });

  it.each(['__proto__', 'constructor', 'toString'])('opens a plugin named %s', async pluginId => {
    const installation = new Installation();
    const auth = await installation.plugin(pluginId);
    expect(await auth.authenticate(await issueOwn(auth, pluginId))).toMatchObject({
      principal: { subject: `plugin:${pluginId}` },
    });
  });

  it('opens no plugin after the backend was closed', async () => {
    const { backend } = new Installation();
    const auth = await backend.forPlugin('catalog');
    await backend.close();
    expect(await backend.forPlugin('catalog')).toBe(auth);
    await expect(backend.forPlugin('search')).rejects.toMatchObject(
      invalidConfig('forPlugin("search"): the backend has been closed'),
    );
  });

  it('tries again after a failure, which all who waited get', async () => {
    let failure: Error | undefined = new Error('connection refused');
    const { backend } = new Installation({
      database: { getClient: async () => (failure ? Promise.reject(failure) : openSqlite()) },
    });
    const failed = await Promise.all(
      Array.from({ length: 10 }, () => rejectionOf(backend.forPlugin('catalog'))),
    );
    expect(new Set(failed).size).toBe(1);
    failure = undefined;
    await expect(backend.forPlugin('Catalog')).resolves.toBeDefined();
    await expect(backend.forPlugin('search')).resolves.toBeDefined();
  });

  it('needs a discovery, of the backend or of the plugin', async () => {
    const { backend } = new Installation({ discovery: undefined });
    await expect(backend.forPlugin('catalog')).rejects.toMatchObject(
      invalidConfig(
        'discovery: expected one in createAuthBackend or in forPlugin("catalog"), found none',
      ),
    );
    const asked: string[] = [];
    const getBaseUrl = async (id: string) => {
      asked.push(id);
      return `http://backend/api/${id}`;
    };
    const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
    const installation = new Installation({ discovery: undefined });
    const auth = await installation.backend.forPlugin('scaffolder', { discovery });
    await auth.authenticate(installation.pluginToken());
    expect(asked).toEqual(['catalog']);
    await expect(
      installation.backend
        .userInfo()
        .getUserInfo(await auth.authenticate(installation.userToken())),
    ).rejects.toMatchObject({ code: 'AUTH_KEYS_UNAVAILABLE' });
  });

  it('writes to the logger of the plugin', async () => {
    const installation = new Installation();
    const logger = new RecordingLogger();
    const auth = await installation.backend.forPlugin('scaffolder', { logger });
    await rejectionOf(auth.authenticate('x'));
    expect(logger.lines('warn')).toHaveLength(1);
    expect(installation.logger.lines('warn')).toEqual([]);
  });

  it('adds the handlers of the plugin to those of the backend', async () => {
    const installation = new Installation({
      auth: {
        externalAccess: [
          { type: 'shared', options: {} },
          { type: 'own', options: {} },
        ],
      },
      externalTokenHandlers: [handler('shared', 'a')],
    });
    const own = { externalTokenHandlers: [handler('own', 'b')] };
    const auth = await installation.backend.forPlugin('catalog', own);
    expect(await auth.authenticate('a-token')).toMatchObject({ principal: { subject: 'shared' } });
    expect(await auth.authenticate('b-token')).toMatchObject({ principal: { subject: 'own' } });
    await expect(installation.backend.forPlugin('search')).rejects.toMatchObject(
      invalidConfig(
        "backend.auth.externalAccess[1].type: expected one of 'static', 'legacy', 'jwks', 'shared', found \"own\"",
      ),
    );
    const twice = { externalTokenHandlers: [handler('own', 'b'), handler('shared', 'c')] };
    await expect(installation.backend.forPlugin('search', twice)).rejects.toMatchObject(
      invalidConfig(
        "Duplicate external token handler type 'shared', each handler must have a unique type",
      ),
    );
  });

  it('finds a wrong entry before anything is written to the database', async () => {
    const client = openSqlite();
    const { backend } = new Installation({
      auth: { externalAccess: [{ type: 'saml', options: {} }] },
      database: { getClient: async () => client },
    });
    await expect(backend.forPlugin('catalog')).rejects.toMatchObject({
      code: 'AUTH_CONFIG_INVALID',
    });
    expect(await client('sqlite_master').select()).toEqual([]);
  });
});

describe('createAuthBackend', () => {
  it('reads a Backstage config as it reads a plain object', () => {
    const config = { backend: { auth: { externalAccess: 'x' } } };
    for (const given of [config, new ConfigReader(config)]) {
      expect(() => createAuthBackend({ config: given })).toThrow(
        expect.objectContaining(
          invalidConfig('backend.auth.externalAccess: expected a list, found a string'),
        ),
      );
    }
  });

  it('warns of a default policy that is off, each time', () => {
    const auth = { dangerouslyDisableDefaultAuthPolicy: true };
    for (let time = 0; time < 2; time += 1) {
      expect(new Installation({ auth }).logger.lines('warn')).toEqual([
        'backend.auth.dangerouslyDisableDefaultAuthPolicy is true: requests without credentials reach every plugin',
      ]);
    }
    expect(new Installation().logger.entries).toEqual([]);
  });

  it('keeps two backends of one process apart', async () => {
    const [one, other] = [new Installation(), new Installation()];
    const [ours, theirs] = [await one.plugin('a'), await other.plugin('b')];
    await other.plugin('a');
    const token = await issueOwn(ours, 'b');
    await expect(theirs.authenticate(token)).rejects.toMatchObject({ code: 'AUTH_KEY_UNKNOWN' });
  });

  it('verifies users with the keys of its own issuer, without the network', async () => {
    const issuer = await createUserTokenIssuer({
      issuer: 'https://example.com/api/auth',
      logger: new RecordingLogger(),
      clock: new Installation().clock,
    });
    const installation = new Installation({ userTokenIssuer: issuer });
    const auth = await installation.plugin();
    const ent = [JANE, 'group:default/a'];
    const { token } = await issuer.issueToken({ claims: { sub: JANE, ent } });
    const credentials = await auth.authenticate(token);
    expect(await installation.backend.userInfo().getUserInfo(credentials)).toEqual({
      userEntityRef: JANE,
      ownershipEntityRefs: ent,
    });
    expect(installation.network.requests).toEqual([]);
    // Another replica of the auth plugin may have signed.
    expect(await auth.authenticate(installation.userToken())).toMatchObject({
      principal: { userEntityRef: JANE },
    });
    expect(installation.network.requests).toHaveLength(1);
  });

  it('cannot decide while its own issuer fails', async () => {
    const installation = new Installation({
      userTokenIssuer: {
        issueToken: () => Promise.reject(new Error('down')),
        getUserInfo: () => Promise.reject(new Error('down')),
        listPublicKeys: () => Promise.reject(new Error('down')),
      },
    });
    const auth = await installation.plugin();
    await expect(auth.authenticate(installation.userToken())).rejects.toMatchObject(
      keysUnavailable,
    );
  });

  it('asks the auth plugin over HTTP for what it does not have itself', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = await auth.authenticate(installation.userToken());
    const keys = installation.network.answer;
    installation.network.answer = (url, init) =>
      url.endsWith('/v1/userinfo')
        ? Response.json({ claims: { sub: JANE, ent: ['group:default/a'] } })
        : keys(url, init);
    expect(await installation.backend.userInfo().getUserInfo(credentials)).toEqual({
      userEntityRef: JANE,
      ownershipEntityRefs: ['group:default/a'],
    });
  });

  it('shares user info among all plugins, whatever their discovery', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = await auth.authenticate(installation.userToken());
    const keys = installation.network.answer;
    const asked: string[] = [];
    installation.network.answer = (url, init) => {
      if (!url.endsWith('/v1/userinfo')) return keys(url, init);
      asked.push(url);
      return Response.json({ claims: { sub: JANE, ent: [JANE] } });
    };
    const discovery = {
      getBaseUrl: async (id: string) => `http://elsewhere/api/${id}`,
      getExternalBaseUrl: async (id: string) => `http://elsewhere/api/${id}`,
    };
    const services = [
      installation.backend.userInfo({ discovery }),
      installation.backend.userInfo({ discovery }),
      installation.backend.userInfo(),
    ];
    for (const service of services) {
      expect((await service.getUserInfo(credentials)).ownershipEntityRefs).toEqual([JANE]);
    }
    expect(asked).toEqual(['http://elsewhere/api/auth/v1/userinfo']);
  });
});

describe('onAuthEvent', () => {
  it.each<[string, () => void]>([
    [
      'throws',
      () => {
        throw new Error('audit "down"\n');
      },
    ],
    [
      'rejects',
      (async () => {
        throw new Error('audit "down"\n');
      }) as () => void,
    ],
  ])('that %s is logged, and changes no answer', async (_, onAuthEvent) => {
    const installation = new Installation({ onAuthEvent });
    const auth = await installation.plugin();
    expect(await auth.authenticate(installation.pluginToken())).toMatchObject({
      principal: { subject: 'plugin:catalog' },
    });
    await expect(auth.authenticate('x')).rejects.toMatchObject({ message: 'Illegal token' });
    await settle();
    expect(installation.logger.lines('error')).toEqual([
      'onAuthEvent failed: "Error: audit \\"down\\"\\n"',
    ]);
    installation.clock.advance(10_000);
    expect(installation.logger.lines('error').slice(1)).toEqual([
      'onAuthEvent failed: "Error: audit \\"down\\"\\n" (the last of 1 in 10 s that were counted, not told)',
    ]);
  });

  it('need not be given', async () => {
    const installation = new Installation({ onAuthEvent: undefined });
    const auth = await installation.plugin();
    await expect(auth.authenticate(installation.pluginToken())).resolves.toBeDefined();
  });
});

describe('a plugin in use for days', () => {
  it('never refuses a good token, whatever the rotation and the pauses', async () => {
    const installation = new Installation({ database: { getClient: async () => openSqlite() } });
    const [a, b] = [await installation.plugin('a'), await installation.plugin('b')];
    const tokens: Array<{ token: string; until: number }> = [];
    for (const minutes of [1, 59, 1, 9, 1, 49, 1, 60, 180, 7, 53, 600, 3, 60, 10, 60, 10]) {
      const token = await issueOwn(a, 'b');
      tokens.push({ token, until: 1000 * Number(decode(token).payload.exp) });
      installation.clock.advance({ minutes });
      await settle();
      for (const { token: good } of tokens.filter(it => it.until > installation.clock.now())) {
        expect(await b.authenticate(good)).toMatchObject({ principal: { subject: 'plugin:a' } });
      }
    }
    expect(installation.network.requests).toEqual([]);
  });
});
