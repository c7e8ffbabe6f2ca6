import type { PublicJwk } from '@stagepass/auth-node';
import { createUserTokenIssuer } from '@stagepass/auth-backend';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { illegalToken, keysUnavailable } from '../../packages/auth-backend/src/testing/refusals';
import { ThirdParty } from './externalParties';

const third = new ThirdParty();
const spare = createKey('spare-key');
const auth = { externalAccess: [third.entry()] };

/** A backend that verifies tokens of three issuers, whose key sets the test changes. */
async function setUp() {
  const installation = new Installation({ auth });
  const service = await installation.plugin();
  const { network, clock, catalogKey, userKey } = installation;
  const published = {
    plugin: [catalogKey.jwk, spare.jwk],
    user: [userKey.jwk, spare.jwk],
    external: [third.key.jwk, spare.jwk],
  };
  let headers: Record<string, string> = {};
  network.answer = url => {
    const keys = url.includes('/catalog/')
      ? published.plugin
      : url.includes('/auth/.well-known/')
        ? published.user
        : published.external;
    return Response.json({ keys }, { headers });
  };
  const tokens = {
    plugin: () => installation.pluginToken(),
    user: () => installation.userToken(),
    external: () => third.token(installation.now),
  };
  const send = (issuer: keyof typeof tokens) => service.authenticate(tokens[issuer]());
  return {
    installation,
    network,
    clock,
    published,
    send,
    useHeaders: (given: typeof headers) => void (headers = given),
  };
}

const issuers: Array<['plugin' | 'user' | 'external', number]> = [
  ['plugin', 60],
  ['user', 60],
  ['external', 600],
];

describe('A key that its issuer withdraws', () => {
  it.each(issuers)(
    'JWK-14 is refused in time while tokens come: %s, %d s',
    async (issuer, limit) => {
      const { clock, published, send } = await setUp();
      for (let call = 0; call < 100; call += 1) await send(issuer);
      published[issuer] = [spare.jwk];
      let acceptedFor = 0;
      for (; acceptedFor <= 2 * limit; acceptedFor += 1) {
        const outcome: unknown = await send(issuer).catch((error: unknown) => error);
        await settle();
        if (outcome instanceof Error) {
          expect(outcome).toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
          break;
        }
        clock.advance(1_000);
      }
      expect(acceptedFor).toBeGreaterThan(0);
      expect(acceptedFor).toBeLessThanOrEqual(limit);
      // Nothing that was verified with it is remembered.
      await expect(send(issuer)).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
    },
  );

  it.each(issuers)(
    'JWK-14 is refused in time when nobody used it: %s, %d s',
    async (issuer, limit) => {
      const { clock, published, send } = await setUp();
      await send(issuer);
      published[issuer] = [spare.jwk];
      clock.advance(limit * 1_000);
      await expect(send(issuer)).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
    },
  );

  it('JWK-14 is refused in time where its issuer is in this process', async () => {
    const installation = new Installation();
    const issuer = await createUserTokenIssuer({
      issuer: 'https://example.com/api/auth',
      clock: installation.clock,
    });
    const replaced: { keys?: PublicJwk[] } = {};
    const userTokenIssuer = {
      ...issuer,
      issueToken: issuer.issueToken.bind(issuer),
      getUserInfo: issuer.getUserInfo.bind(issuer),
      listPublicKeys: async () =>
        replaced.keys ? { keys: replaced.keys } : issuer.listPublicKeys(),
    };
    const process = new Installation({ userTokenIssuer, clock: installation.clock });
    const service = await process.plugin();
    const { token } = await issuer.issueToken({ claims: { sub: 'user:default/jane' } });
    await service.authenticate(token);
    replaced.keys = [spare.jwk];
    installation.clock.advance(30_000);
    await expect(service.authenticate(token)).rejects.toMatchObject(
      illegalToken('AUTH_KEY_UNKNOWN'),
    );
  });

  it.each([
    [{ 'cache-control': 'max-age=0' }],
    [{ 'cache-control': 'no-store' }],
    [{ 'cache-control': 'public, max-age=31536000, immutable' }],
    [
      {
        'cache-control': 'stale-while-revalidate=86400',
        etag: '"1"',
        expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
      },
    ],
  ])('JWK-19 is refused as soon whatever the headers say: %j', async headers => {
    for (const [issuer, limit] of issuers) {
      const { network, clock, published, send, useHeaders } = await setUp();
      useHeaders(headers);
      // Nor do they have the issuer asked more often.
      for (let call = 0; call < 20; call += 1) await send(issuer);
      expect(network.requests).toHaveLength(1);
      published[issuer] = [spare.jwk];
      clock.advance(limit * 1_000);
      await expect(send(issuer)).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
      // A condition would let a cache answer with what is withdrawn.
      for (const { init } of network.requests) {
        expect(init.headers).toEqual({ accept: 'application/json' });
      }
    }
  });
});

describe('An empty key set after a good one', () => {
  it.each(issuers)(
    'JWK-10 is an outage for five minutes, and then a withdrawal: %s',
    async (issuer, limit) => {
      const { clock, published, send } = await setUp();
      await send(issuer);
      published[issuer] = [];
      clock.advance(limit * 1_000);
      for (let step = 0; step < 10; step += 1) {
        await expect(send(issuer)).resolves.toBeDefined();
        await settle();
        clock.advance(30_000);
      }
      // The next request is due within thirty seconds.
      clock.advance(30_000);
      await send(issuer).catch(() => {});
      await settle();
      await expect(send(issuer)).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
    },
  );

  it('JWK-10 accepts no other key meanwhile, and is never taken for a set of all keys', async () => {
    const { installation, clock, published, send } = await setUp();
    const service = await installation.plugin();
    await send('plugin');
    published.plugin = [];
    clock.advance(60_000);
    const other = createKey('other-key');
    const token = installation.pluginToken({}, { kid: 'other-key' }, other);
    await expect(service.authenticate(token)).rejects.toMatchObject(keysUnavailable);
    clock.advance({ minutes: 10 });
    await expect(service.authenticate(token)).rejects.toMatchObject({
      name: expect.stringMatching(/Error$/) as string,
    });
    await expect(send('plugin')).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
  });
});
