import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { issueOwn } from '../../packages/auth-backend/src/testing/credentialFixtures';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { illegalToken, keysUnavailable } from '../../packages/auth-backend/src/testing/refusals';
import { segment } from '../../packages/auth-backend/src/testing/tokenFixtures';

/** The plugin scaffolder, and everything that it asks of discovery. */
async function setUp(
  baseUrl: (id: string) => string | Promise<string> = id => `http://backend/api/${id}`,
  options: ConstructorParameters<typeof Installation>[0] = {},
) {
  const asked: string[] = [];
  const getBaseUrl = async (id: string) => {
    asked.push(id);
    return baseUrl(id);
  };
  const installation = new Installation({
    discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
    onAuthEvent: undefined,
    ...options,
  });
  const auth = await installation.plugin();
  const { network, clock } = installation;
  const urls = () => network.requests.map(({ url }) => url);
  return { installation, auth, network, clock, asked, urls };
}

describe('A token of what is no plugin id', () => {
  it.each([
    '',
    '.',
    '..',
    '../auth',
    'a/b',
    'a%2fb',
    'a?x',
    'a#x',
    'a\\b',
    '@evil.com',
    'evil.com:80',
    '[::1]',
    'a b',
    '\u212aatalog',
    'a\n',
    '\ncatalog',
    'a\u0000',
    'a.b',
    'x'.repeat(255),
    'x'.repeat(10_000),
  ])('PLG-01 is refused before anybody is asked: %j', async sub => {
    const { installation, auth, network, asked } = await setUp();
    const token = installation.pluginToken({ sub });
    await expect(auth.authenticate(token)).rejects.toMatchObject(
      illegalToken('AUTH_CLAIM_INVALID'),
    );
    expect(asked).toEqual([]);
    expect(network.requests).toEqual([]);
  });

  it.each([[undefined], [null], [1], [['catalog']], [{ catalog: 1 }], [true]])(
    'PLG-01 is refused before anybody is asked, whatever its type: %j',
    async sub => {
      const { installation, auth, network, asked } = await setUp();
      await expect(auth.authenticate(installation.pluginToken({ sub }))).rejects.toMatchObject(
        illegalToken('AUTH_CLAIM_INVALID'),
      );
      expect([asked, network.requests]).toEqual([[], []]);
    },
  );
});

describe('Tokens of plugins that nobody knows', () => {
  const others = createKey('other-key');
  /** Sends tokens of as many different plugins; nobody has signed them. */
  async function flood(
    { installation, auth }: Awaited<ReturnType<typeof setUp>>,
    count: number,
    name: string,
  ) {
    const header = segment({ typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'k' });
    const { now } = installation;
    const codes = new Map<string, number>();
    for (let index = 0; index < count; index += 1) {
      const sub = `${name}-${index}`;
      const token = `${header}.${segment({ sub, aud: 'scaffolder', iat: now, exp: now + 60 })}.${'A'.repeat(86)}`;
      const { code } = (await auth.authenticate(token).catch((error: unknown) => error)) as {
        code: string;
      };
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    return Object.fromEntries(codes);
  }

  it('PLG-02 are 20,000 in a minute, and cause twenty requests', async () => {
    const world = await setUp();
    const codes: Record<string, number> = {};
    for (let second = 0; second < 60; second += 1) {
      for (const [code, count] of Object.entries(await flood(world, 333, `s${second}`))) {
        codes[code] = (codes[code] ?? 0) + count;
      }
      world.clock.advance(1_000);
    }
    // Ten at once, and ten in the minute.
    expect(codes).toEqual({ AUTH_KEY_UNKNOWN: 19, AUTH_KEYS_UNAVAILABLE: 60 * 333 - 19 });
    expect(world.urls()).toHaveLength(19);
    const before = world.urls().length;
    for (let second = 0; second < 60; second += 1) {
      await flood(world, 10, `t${second}`);
      world.clock.advance(1_000);
    }
    expect(world.urls()).toHaveLength(before + 10);
  });

  it.each<
    [string, object, (world: Awaited<ReturnType<typeof setUp>>) => Promise<unknown> | undefined]
  >([
    [
      'in the configuration of discovery',
      { discovery: { endpoints: [{ target: 'http://backend', plugins: ['catalog'] }] } },
      () => undefined,
    ],
    ['called by this plugin', {}, ({ auth }) => issueOwn(auth, 'catalog')],
    [
      'verified before',
      {},
      ({ auth, installation }) => auth.authenticate(installation.pluginToken()),
    ],
  ])('PLG-02 take nothing from one that is %s', async (_, config, meet) => {
    const world = await setUp(undefined, { config: { backend: {}, ...config } });
    const { installation, auth, clock } = world;
    await meet(world);
    for (let minute = 0; minute < 5; minute += 1) {
      await flood(world, 500, `m${minute}`);
      clock.advance(60_000);
      await flood(world, 500, `n${minute}`);
      await expect(auth.authenticate(installation.pluginToken())).resolves.toBeDefined();
    }
  });

  it('PLG-02 are not asked for again within 30 s: one that fails takes one request of all', async () => {
    const { installation, auth, network, clock, urls } = await setUp();
    network.goDown();
    const token = installation.pluginToken({ sub: 'gone' }, { kid: 'other-key' }, others);
    for (let second = 0; second < 30; second += 1) {
      await expect(auth.authenticate(token)).rejects.toMatchObject(keysUnavailable);
      clock.advance(1_000);
    }
    expect(urls()).toHaveLength(1);
    network.publish(others.jwk);
    await expect(auth.authenticate(token)).resolves.toBeDefined();
  });

  it('PLG-02 leave nothing behind: after 20,000 of them a plugin that failed is still left alone', async () => {
    const world = await setUp(undefined, {
      config: { discovery: { endpoints: [{ target: 'http://backend', plugins: ['catalog'] }] } },
    });
    const { installation, auth, network, clock, urls } = world;
    network.goDown();
    const ofCatalog = () => urls().filter(url => url.includes('/catalog/')).length;
    const send = () => auth.authenticate(installation.pluginToken()).catch(() => {});
    for (const wait of [1_000, 2_000, 4_000]) {
      await send();
      clock.advance(wait);
    }
    await send();
    const before = ofCatalog();
    // A set that is forgotten would be asked for anew.
    await flood(world, 20_000, 'stranger');
    await send();
    expect(ofCatalog()).toBe(before);
  });
});

describe('Discovery', () => {
  it.each([
    ['http://backend/api/catalog/', 'http://backend/api/catalog/.backstage/auth/v1/jwks.json'],
    ['http://backend/api/x/../catalog', 'http://backend/api/catalog/.backstage/auth/v1/jwks.json'],
    ['http://backend', 'http://backend/.backstage/auth/v1/jwks.json'],
    ['https://backend:8443/', 'https://backend:8443/.backstage/auth/v1/jwks.json'],
  ])(
    'PLG-04 answers %s, and the keys are asked for below it, without credentials',
    async (base, url) => {
      const { installation, auth, network } = await setUp(() => base);
      network.publish(installation.catalogKey.jwk);
      await expect(auth.authenticate(installation.pluginToken())).resolves.toBeDefined();
      expect(network.requests).toEqual([
        {
          url,
          init: {
            headers: { accept: 'application/json' },
            redirect: 'manual',
            signal: expect.any(AbortSignal) as unknown,
          },
        },
      ]);
    },
  );

  it.each([
    'http://user@backend/api',
    'http://user:pass@backend/api',
    'http://:pass@backend/api',
    'file:///etc/passwd',
    'ftp://backend/api',
    'data:application/json,{}',
    'javascript:0',
    'unix:/run/x.sock',
    'ws://backend',
    'http://169.254.169.254',
    'http://169.254.0.1/api',
    'http://[fe80::1]/api',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://2130706433/',
    'http://backend/api?token=x',
    'http://backend/api#x',
    '/api/catalog',
    '//backend/api',
    '',
    ' ',
  ])('PLG-04 answers %j, and nobody is asked', async base => {
    const { installation, auth, network } = await setUp(() => base);
    await expect(auth.authenticate(installation.pluginToken())).rejects.toMatchObject(
      keysUnavailable,
    );
    await expect(auth.authenticate(installation.userToken())).rejects.toMatchObject(
      keysUnavailable,
    );
    expect(network.requests).toEqual([]);
    expect(installation.traces).not.toMatch(/pass@|token=x/);
  });

  it('PLG-04 makes host names of plugin ids: an id of digits does not become an address', async () => {
    const { installation, auth, network } = await setUp(id => `http://${id}:7007/api/${id}`);
    for (const sub of ['2852039166', '2130706433', '0', '0xa9fea9fe']) {
      await expect(auth.authenticate(installation.pluginToken({ sub }))).rejects.toMatchObject(
        keysUnavailable,
      );
    }
    expect(network.requests).toEqual([]);
  });

  it.each<[string, (id: string) => Promise<string>]>([
    ['never answers', () => new Promise(() => {})],
    ['fails', () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
  ])('PLG-04 that %s holds nobody for more than two seconds', async (_, baseUrl) => {
    const { installation, auth, clock } = await setUp(baseUrl);
    const refused = expect(auth.authenticate(installation.pluginToken())).rejects.toMatchObject(
      keysUnavailable,
    );
    await settle();
    clock.advance(2_000);
    await refused;
    expect(clock.pendingTimers).toBe(0);
  });

  it('JWK-17 may answer with another URL each time: each has keys of its own, and few are kept', async () => {
    let replica = 0;
    const { installation, auth, network, clock, urls } = await setUp(
      () => `http://replica-${replica}/api/catalog`,
    );
    network.publish(installation.catalogKey.jwk);
    const send = () => {
      // Where keys were found a moment ago is believed.
      clock.advance(10);
      return auth.authenticate(installation.pluginToken());
    };
    for (replica = 0; replica < 1_100; replica += 1) await send();
    expect(new Set(urls()).size).toBe(1_100);
    // What was used last is known, what was not used for the longest time is forgotten.
    for (replica = 1_099; replica >= 100; replica -= 1) await send();
    expect(urls()).toHaveLength(1_100);
    replica = 0;
    await send();
    expect(urls()).toHaveLength(1_101);
    // What one URL publishes is nothing to another.
    network.publish(others().jwk);
    replica = 5_000;
    await expect(send()).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
  });
});

const others = () => createKey('another-key');

describe('A plugin that calls itself', () => {
  it('PLG-09 is verified with its own keys from memory, and needs neither discovery nor network', async () => {
    const { auth, asked, network } = await setUp();
    const token = await issueOwn(auth, 'scaffolder');
    expect(await auth.authenticate(token)).toMatchObject({
      principal: { subject: 'plugin:scaffolder' },
    });
    expect([asked, network.requests]).toEqual([[], []]);
  });

  it('PLG-09 may be auth, while it starts, and the first to ask', async () => {
    const { installation, asked, network } = await setUp();
    // Its routes are not mounted yet: whoever asked them would wait for ever.
    network.answer = () => new Promise(() => {});
    const auth = await installation.backend.forPlugin('auth');
    const calls = await Promise.all(
      Array.from({ length: 20 }, async () => auth.authenticate(await issueOwn(auth, 'auth'))),
    );
    for (const { principal } of calls) expect(principal).toMatchObject({ subject: 'plugin:auth' });
    expect([asked, network.requests]).toEqual([[], []]);
  });
});
