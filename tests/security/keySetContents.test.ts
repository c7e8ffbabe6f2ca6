import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { illegalToken } from '../../packages/auth-backend/src/testing/refusals';

const KEYS = 'http://backend/api/catalog/.backstage/auth/v1/jwks.json';

async function setUp() {
  const installation = new Installation();
  const auth = await installation.plugin();
  const good = () => auth.authenticate(installation.pluginToken());
  const warnings = () => installation.logger.lines('warn').filter(line => line.includes(KEYS));
  return {
    installation,
    auth,
    network: installation.network,
    clock: installation.clock,
    good,
    warnings,
  };
}

const json = (value: unknown) => () => Response.json(value);
const text = (body: string | Uint8Array) => () => new Response(body);

describe('An answer that is no key set', () => {
  it.each<[string, () => Response]>([
    ['HTML', text('<!doctype html><html></html>')],
    ['nothing', text('')],
    ['null', text('null')],
    ['a list', text('[]')],
    ['an empty object', text('{}')],
    ['keys that are null', json({ keys: null })],
    ['keys that are an object', json({ keys: {} })],
    ['keys that are none', json({ keys: [null, 1, 'x'] })],
  ])('JWK-09 leaves the last good one, with one warning: %s', async (_, answer) => {
    const { network, clock, good, warnings } = await setUp();
    await good();
    network.answer = answer;
    clock.advance(60_000);
    for (let call = 0; call < 50; call += 1) await expect(good()).resolves.toBeDefined();
    expect(network.requests).toHaveLength(2);
    const failures = warnings().filter(line => line.includes('cannot be fetched'));
    expect(failures).toHaveLength(1);
  });

  it.each<[string, (good: string) => Response]>([
    ['a byte order mark', good => new Response(`\ufeff${good}`)],
    ['UTF-16', good => new Response(Buffer.from(good, 'utf16le'))],
    ['Latin-1', good => new Response(Buffer.from(good.replace('{', '{"\u00e9":1,'), 'latin1'))],
    ['203', good => new Response(good, { status: 203 })],
    ['204', () => new Response(null, { status: 204 })],
    ['206', good => new Response(good, { status: 206 })],
    ['304', () => new Response(null, { status: 304 })],
  ])('JWK-13 is a failure: %s', async (_, answer) => {
    const { installation, network, clock, good, warnings } = await setUp();
    await good();
    const next = createKey('next-key');
    const keys = JSON.stringify({ keys: [installation.catalogKey.jwk, next.jwk] });
    network.answer = () => answer(keys);
    clock.advance(60_000);
    await expect(good()).resolves.toBeDefined();
    const auth = await installation.plugin();
    const token = installation.pluginToken({}, { kid: 'next-key' }, next);
    await expect(auth.authenticate(token)).rejects.toMatchObject({ code: 'AUTH_KEYS_UNAVAILABLE' });
    expect(warnings()[0]).toContain('cannot be fetched');
  });

  it.each(['text/html', 'text/plain; charset=iso-8859-1', 'application/octet-stream', ''])(
    'JWK-13 is told by its bytes and not by its type, such as %j',
    async type => {
      const { installation, network, good } = await setUp();
      const keys = JSON.stringify({ keys: [installation.catalogKey.jwk] });
      network.answer = () => new Response(keys, { headers: { 'content-type': type } });
      await expect(good()).resolves.toBeDefined();
    },
  );
});

describe('A bad key among good ones', () => {
  const bad = createKey('bad-key');
  it.each<[string, unknown]>([
    ['no object', null],
    ['no kid', { ...bad.jwk, kid: undefined }],
    ['another type', { ...bad.jwk, kty: 'oct', k: 'c2VjcmV0' }],
    ['a private member', { ...bad.jwk, d: 'c2VjcmV0' }],
    ['for encryption', { ...bad.jwk, use: 'enc' }],
    ['no point', { ...bad.jwk, x: 'A'.repeat(43) }],
    ['another algorithm', { ...bad.jwk, alg: 'ES384' }],
  ])('JWK-09 is skipped, the others are used, and that is told once: %s', async (_, entry) => {
    const { installation, auth, network, clock, good, warnings } = await setUp();
    network.publish(entry, installation.catalogKey.jwk);
    const unusable = installation.pluginToken({}, { kid: 'bad-key' }, bad);
    for (let minute = 0; minute < 5; minute += 1) {
      await expect(good()).resolves.toBeDefined();
      await expect(auth.authenticate(unusable)).rejects.toMatchObject(
        illegalToken('AUTH_KEY_UNKNOWN'),
      );
      await settle();
      clock.advance(60_000);
    }
    const told = warnings().filter(line => line.startsWith('Ignoring a key'));
    expect(told).toHaveLength(1);
    expect(installation.traces).not.toContain('c2VjcmV0');
  });
});
