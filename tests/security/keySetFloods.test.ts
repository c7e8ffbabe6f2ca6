import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { segment } from '../../packages/auth-backend/src/testing/tokenFixtures';

const catalogKeys = '/api/catalog/.backstage/auth/v1/jwks.json';

/** The plugin scaffolder, whose keys of catalog are warm if it has verified a token of that before. */
async function setUp(options: ConstructorParameters<typeof Installation>[0] = {}) {
  const installation = new Installation({ onAuthEvent: undefined, ...options });
  const auth = await installation.plugin();
  const { network, clock } = installation;
  const requests = () => network.requests.filter(({ url }) => url.endsWith(catalogKeys)).length;
  /** Makes tokens of catalog that are good but for their key, which does not exist. */
  const [, payload, signature] = installation.pluginToken().split('.');
  const junk = (kid: string) =>
    `${segment({ typ: 'vnd.backstage.plugin', alg: 'ES256', kid })}.${payload}.${signature}`;
  return { installation, auth, network, clock, requests, junk };
}

const accepted = { principal: { type: 'service', subject: 'plugin:catalog' } };

describe('A cold key set', () => {
  it('JWK-01 is fetched once for 10,000 good tokens at the same time, and all are accepted', async () => {
    const { installation, auth, network, clock } = await setUp();
    const tokens = Array.from({ length: 10_000 }, () => installation.pluginToken());
    const all = await Promise.all(tokens.map(token => auth.authenticate(token)));
    expect(all).toHaveLength(10_000);
    expect(all.every(({ principal }) => 'subject' in Object(principal))).toBe(true);
    expect(all.at(-1)).toMatchObject(accepted);
    expect(network.requests).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('Tokens with keys that do not exist', () => {
  /** Sends them for a minute, as many in each second as asked, and notes when the issuer was asked. */
  async function flood(
    { auth, clock, requests, junk }: Awaited<ReturnType<typeof setUp>>,
    perSecond: number,
    eachSecond: (second: number) => Promise<void> = async () => {},
  ) {
    const asked: number[] = [];
    for (let second = 0; second < 60; second += 1) {
      for (let index = 0; index < perSecond; index += 1) {
        const before = requests();
        const error: unknown = await auth
          .authenticate(junk(`junk-${second}-${index}`))
          .catch((caught: unknown) => caught);
        if ((error as { code?: string }).code !== 'AUTH_KEY_UNKNOWN') throw error;
        if (requests() > before) asked.push(second);
      }
      await eachSecond(second);
      clock.advance(1_000);
    }
    return asked;
  }

  it('JWK-02 cause at most 11 requests a minute, evenly, and a refusal does the same work each time', async () => {
    let discoveries = 0;
    const getBaseUrl = async (id: string) => {
      discoveries += 1;
      return `http://backend/api/${id}`;
    };
    const world = await setUp({ discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl } });
    await world.auth.authenticate(world.installation.pluginToken());
    const before = { discoveries, requests: world.requests() };
    // 12,000 of the 1,000,000: each does the same, and nothing is remembered of any.
    const asked = await flood(world, 200);
    expect(asked).toEqual([0, 0, 0, 0, 0, 10, 20, 30, 40, 50]);
    expect(world.requests() - before.requests).toBeLessThanOrEqual(11);
    expect(discoveries - before.discoveries).toBe(12_000);
    expect(world.clock.pendingTimers).toBeLessThanOrEqual(1);
  });

  it('JWK-03 do not keep a new key of the issuer away for more than ten seconds', async () => {
    const world = await setUp();
    const { installation, auth, network } = world;
    await auth.authenticate(installation.pluginToken());
    const next = createKey('next-key');
    const before = network.answer;
    let acceptedAt: number | undefined;
    await flood(world, 100, async second => {
      if (second === 13) {
        network.answer = (url, init) =>
          url.endsWith(catalogKeys)
            ? Response.json({ keys: [installation.catalogKey.jwk, next.jwk] })
            : before(url, init);
      }
      if (second < 13 || acceptedAt !== undefined) return;
      const token = installation.pluginToken({}, { kid: 'next-key' }, next);
      if (await auth.authenticate(token).catch(() => undefined)) acceptedAt = second;
    });
    expect(acceptedAt).toBeGreaterThan(13);
    expect(acceptedAt).toBeLessThanOrEqual(23);
  });

  it('JWK-02 are refused alike by 1,000 at once, with no more requests', async () => {
    const { installation, auth, requests, junk } = await setUp();
    await auth.authenticate(installation.pluginToken());
    const tokens = Array.from({ length: 1_000 }, (_, index) => junk(`junk-${index}`));
    const all = await Promise.allSettled(tokens.map(token => auth.authenticate(token)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    expect(requests()).toBeLessThanOrEqual(1 + 5);
    await expect(auth.authenticate(installation.pluginToken())).resolves.toMatchObject(accepted);
  });
});

describe('The rotation of the keys of another process', () => {
  it('JWK-04 refuses nobody, and asks for no key by its name: keys are published before they sign', async () => {
    const sender = new Installation();
    const catalog = await sender.plugin('catalog');
    const { installation, auth, network } = await setUp({ clock: sender.clock });
    network.answer = async url =>
      Response.json(url.endsWith(catalogKeys) ? await catalog.listPublicServiceKeys() : {});
    const onBehalfOf = await catalog.getOwnServiceCredentials();
    const sent = { tokens: 0, keys: new Set<string>() };
    const outOfTurn: number[] = [];
    let asked = -Infinity;
    // Two tokens every five seconds for five hours, in which the key changes four times.
    for (let step = 0; step < 5 * 720; step += 1) {
      for (let index = 0; index < 2; index += 1) {
        const { token } = await catalog.getPluginRequestToken({
          onBehalfOf,
          targetPluginId: 'scaffolder',
        });
        const [header = ''] = token.split('.');
        sent.keys.add(
          (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid,
        );
        const before = network.requests.length;
        expect(await auth.authenticate(token)).toMatchObject(accepted);
        sent.tokens += 1;
        if (network.requests.length === before) continue;
        // A set is refreshed in turn after thirty seconds; who asks sooner asks for a key.
        if (sender.clock.monotonic() - asked < 30_000) outOfTurn.push(asked);
        asked = sender.clock.monotonic();
      }
      // A refresh is over by then.
      await settle();
      sender.clock.advance(5_000);
    }
    expect(installation.logger.lines('warn')).toEqual([]);
    expect(sent.tokens).toBe(7_200);
    expect(sent.keys.size).toBeGreaterThanOrEqual(5);
    expect(outOfTurn).toEqual([]);
  });
});
