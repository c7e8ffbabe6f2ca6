import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation, STATIC_TOKEN } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { keysUnavailable } from '../../packages/auth-backend/src/testing/refusals';
import { forge, segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { createHmac } from 'node:crypto';

const secret = Buffer.alloc(32, 7);
const keys = { down: createKey('key-of-down'), up: createKey('key-of-up') };

const jwks = (name: string) => ({
  type: 'jwks',
  options: {
    url: `https://${name}.example/keys`,
    issuer: `https://${name}.example`,
    audience: 'backend',
    algorithm: 'ES256',
    subjectPrefix: name,
  },
});

// The one that is down is asked first, where more than one could be responsible.
const externalAccess = [
  jwks('down'),
  jwks('up'),
  { type: 'legacy', options: { secret: secret.toString('base64'), subject: 'external:old' } },
  { type: 'static', options: { token: STATIC_TOKEN, subject: 'external:ci' } },
];

async function setUp() {
  const installation = new Installation({ auth: { externalAccess } });
  const service = await installation.plugin();
  const catalog = await installation.plugin('search');
  const { network } = installation;
  const before = network.answer;
  network.answer = (url, init) => {
    if (url.startsWith('https://up.')) return Response.json({ keys: [keys.up.jwk] });
    if (url.startsWith('https://down.')) return new Promise(() => {});
    return before(url, init);
  };
  const { now } = installation;
  const external = (name: 'down' | 'up') =>
    forge(
      { alg: 'ES256', kid: `key-of-${name}` },
      { sub: 'job', iss: `https://${name}.example`, aud: 'backend', iat: now, exp: now + 60 },
      keys[name].signing,
    );
  const signed = `${segment({ alg: 'HS256' })}.${segment({ sub: 'backstage-server', exp: now + 60 })}`;
  const onBehalfOf = await catalog.getOwnServiceCredentials();
  const own = await catalog.getPluginRequestToken({ onBehalfOf, targetPluginId: 'scaffolder' });
  const tokens: Record<string, string> = {
    'of the other issuer': external('up'),
    'with a shared secret': `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`,
    'that is static': STATIC_TOKEN,
    'of a plugin elsewhere': installation.pluginToken(),
    'of a plugin of this process': own.token,
    'of a user': installation.userToken(),
  };
  return { installation, service, external, tokens };
}

describe('One external issuer that does not answer', () => {
  it('EXT-11 neither refuses nor delays tokens of other kinds, while many wait for it', async () => {
    const { installation, service, external, tokens } = await setUp();
    const { clock } = installation;
    const began = clock.monotonic();
    const waiting = Array.from({ length: 200 }, () =>
      expect(service.authenticate(external('down'))).rejects.toMatchObject(keysUnavailable),
    );
    await settle();
    // The clock stands still: whoever waited for anything would wait for ever.
    for (const [kind, token] of Object.entries(tokens)) {
      const { principal } = await service.authenticate(token);
      expect([kind, principal]).toEqual([kind, expect.any(Object)]);
    }
    expect(clock.monotonic()).toBe(began);
    clock.advance(5_000);
    await Promise.all(waiting);
    // And so on through the outage, until these tokens expire.
    for (let second = 5; second < 56; second += 2) {
      const late = expect(service.authenticate(external('down'))).rejects.toMatchObject(
        keysUnavailable,
      );
      for (const token of Object.values(tokens)) await service.authenticate(token);
      clock.advance(2_000);
      await late;
    }
  });

  it('EXT-11 causes one request at a time, however many tokens of it come', async () => {
    const { installation, service, external } = await setUp();
    const { clock, network } = installation;
    const outcomes: Array<Promise<unknown>> = [];
    for (let tenth = 0; tenth < 600; tenth += 1) {
      for (let call = 0; call < 5; call += 1) {
        outcomes.push(service.authenticate(external('down')).catch((error: unknown) => error));
      }
      if (tenth % 10 === 0) await settle();
      clock.advance(100);
    }
    // A caller can wait for the request that is under way, and for one more.
    for (let second = 0; second < 5; second += 1) {
      await settle();
      clock.advance(1_000);
    }
    for (const error of await Promise.all(outcomes)) expect(error).toMatchObject(keysUnavailable);
    const requests = network.requests.filter(({ url }) => url.startsWith('https://down.'));
    // Each takes five seconds.
    expect(requests.length).toBeLessThanOrEqual(13);
  });
});
