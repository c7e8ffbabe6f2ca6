import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { note } from './figures';

const MINUTE = 60;

/** The second after which the issuer publishes a new key. */
const ROTATION = 33;

/** How many tokens with keys that do not exist come in a minute; `STAGEPASS_FLOOD=1000000` takes minutes. */
const TOKENS = Number(process.env.STAGEPASS_FLOOD ?? 200_000);

/** How many tokens of plugins that do not exist come in a minute. */
const STRANGERS = 100_000;

/** How many tokens are under way at the same time. */
const AT_ONCE = 100;

/** What all the tokens of a flood may leave behind in memory, in bytes: a few for each. */
const LEFT_BEHIND = 8 * 1024 * 1024;

const catalogKeys = '/api/catalog/.backstage/auth/v1/jwks.json';
const signature = 'A'.repeat(86);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

type Ask = (name: string) => Promise<unknown>;

/** Asks, some at a time, with another name each time, and counts the codes of the refusals. */
async function askMany(count: number, name: string, ask: Ask, codes: Map<string, number>) {
  const askOne = async (index: number) => {
    const code = await ask(`${name}-${index}`).then(
      () => 'accepted',
      (error: { code: string }) => error.code,
    );
    codes.set(code, (codes.get(code) ?? 0) + 1);
  };
  for (let index = 0; index < count; index += AT_ONCE) {
    const these = Math.min(AT_ONCE, count - index);
    await Promise.all(Array.from({ length: these }, (_, place) => askOne(index + place)));
  }
}

function sum(codes: ReadonlyMap<string, number>): number {
  return [...codes.values()].reduce((total, count) => total + count, 0);
}

async function setUp() {
  const installation = new Installation({ onAuthEvent: undefined });
  // Lines are counted by other tests; here they would be all that is left in memory.
  installation.logger.warn = () => {};
  const auth = await installation.plugin();
  await auth.authenticate(installation.pluginToken());
  const { network, clock } = installation;
  const urls = network.requests;
  const asked = () => urls.map(({ url }) => url);
  return { installation, auth, network, clock, asked };
}

describe('A flood within a minute', () => {
  it(`JWK-02 JWK-03 of ${TOKENS.toLocaleString('en')} tokens with keys that do not exist: the issuer is asked 11 times at most, its new key is found within 10 s, and memory stays flat`, async () => {
    const { installation, auth, network, clock, asked } = await setUp();
    const payload = installation.pluginToken().split('.')[1];
    const header = { typ: 'vnd.backstage.plugin', alg: 'ES256' };
    const ask = (kid: string) =>
      auth.authenticate(`${segment({ ...header, kid })}.${payload}.${signature}`);
    await askMany(10_000, 'early', ask, new Map());
    clock.advance({ minutes: 2 });
    await ask('last').catch(() => {});
    const before = { requests: asked().length, heap: heapUsed() };
    const next = createKey('next-key').jwk;
    const codes = new Map<string, number>();
    let foundAt = Infinity;
    for (let second = 0; second < MINUTE; second += 1) {
      await askMany(Math.ceil(TOKENS / MINUTE), `${second}`, ask, codes);
      if (second === ROTATION) {
        const keys = [installation.catalogKey.jwk, next];
        network.answer = () => Response.json({ keys });
      }
      // A key that is found is told from one that is not by what is wrong with a token.
      const refusal: unknown = await ask('next-key').catch((error: unknown) => error);
      const isFound = (refusal as { code?: string }).code !== 'AUTH_KEY_UNKNOWN';
      if (isFound) foundAt = Math.min(foundAt, second);
      clock.advance(1_000);
    }
    const requests = asked().length - before.requests;
    const left = heapUsed() - before.heap;
    const total = sum(codes);
    note(
      { name: 'Unknown keys: tokens in a minute', figure: total.toLocaleString('en') },
      { name: 'Unknown keys: requests to the issuer', figure: `${requests}`, bound: '11' },
      {
        name: 'Unknown keys: a new key found after',
        figure: `${foundAt - ROTATION} s`,
        bound: '10 s',
      },
      { name: 'Unknown keys: left in memory', figure: kib(left), bound: kib(LEFT_BEHIND) },
    );
    expect([...codes.keys()]).toEqual(['AUTH_KEY_UNKNOWN']);
    expect(total).toBeGreaterThanOrEqual(TOKENS);
    expect(requests).toBeLessThanOrEqual(11);
    expect(foundAt).toBeGreaterThan(ROTATION);
    expect(foundAt - ROTATION).toBeLessThanOrEqual(10);
    expect(left).toBeLessThan(LEFT_BEHIND);
  });

  it(`PLG-02 of ${STRANGERS.toLocaleString('en')} tokens of made-up plugins: ten requests a minute, the plugin that is known is asked when it must be, and memory stays bounded`, async () => {
    const { installation, auth, clock, asked } = await setUp();
    const { now } = installation;
    const header = segment({ typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'k' });
    const claims = { aud: 'scaffolder', iat: now, exp: now + 3600 };
    const present = (sub: string) =>
      auth.authenticate(`${header}.${segment({ sub, ...claims })}.${signature}`);
    const strangers = () => asked().filter(url => !url.endsWith(catalogKeys)).length;
    const codes = new Map<string, number>();
    // Of what may be asked at once nothing is left, and as many plugins are remembered as ever.
    await askMany(10_000, 'early', present, new Map());
    const before = { strangers: strangers(), asked: asked().length, heap: heapUsed() };
    for (let second = 0; second < MINUTE; second += 1) {
      await askMany(Math.ceil(STRANGERS / MINUTE), `s${second}`, present, codes);
      clock.advance(1_000);
      await expect(auth.authenticate(installation.pluginToken())).resolves.toBeDefined();
    }
    const requests = strangers() - before.strangers;
    const ofKnown = asked().length - before.asked - requests;
    const left = heapUsed() - before.heap;
    const total = sum(codes);
    note(
      { name: 'Made-up plugins: tokens in a minute', figure: total.toLocaleString('en') },
      { name: 'Made-up plugins: requests for them', figure: `${requests}`, bound: '10' },
      { name: 'Made-up plugins: left in memory', figure: kib(left), bound: kib(LEFT_BEHIND) },
    );
    expect(codes.get('accepted')).toBeUndefined();
    expect(total).toBeGreaterThanOrEqual(STRANGERS);
    expect(requests).toBeLessThanOrEqual(10);
    // Its set was refreshed in turn, every half a minute.
    expect(ofKnown).toBeGreaterThanOrEqual(1);
    expect(left).toBeLessThan(LEFT_BEHIND);
  });
});

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}
