import type { JsonObject } from '@backstage/types';
import { TestClock } from '@stagepass/auth-test-utils';
import { KeySets } from '../../keys/KeySets';
import { FakeNetwork } from '../../testing/FakeNetwork';
import { createKey } from '../../testing/keyFixtures';
import { RecordingLogger } from '../../testing/RecordingLogger';
import { illegalToken, keysUnavailable } from '../../testing/refusals';
import { decode, forge, withoutEvidence } from '../../testing/tokenFixtures';
import type { SignatureAlgorithm } from '../algorithms';
import { parseCompact } from '../parseCompact';
import { PluginTokens } from './PluginTokens';

const catalogKey = createKey('k1');
const otherKey = createKey('k1');
const HEADER = { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'k1' };

/** The plugin scaffolder, which is called by the plugin catalog. */
function setUp(algorithms: SignatureAlgorithm[] = ['ES256'], published = catalogKey.jwk) {
  const clock = new TestClock();
  const network = new FakeNetwork(clock);
  const keySets = new KeySets({ network, logger: new RecordingLogger() });
  keySets.addLocalPlugin('catalog', async () => [published]);
  const asked: string[] = [];
  const tokens = new PluginTokens({
    pluginId: 'scaffolder',
    keySource: {
      getSigningKey: async () => catalogKey.signing,
      signingKeyAtHand: () => catalogKey.signing,
      listKeysForAnybody: async () => [catalogKey.jwk],
      listPublicKeys: async () => [catalogKey.jwk],
    },
    keySets,
    discovery: {
      async getBaseUrl(id) {
        asked.push(id);
        return `http://backend/api/${id}`;
      },
      getExternalBaseUrl: () => Promise.reject(new Error('not for keys')),
    },
    algorithms,
    clock,
  });
  const now = clock.now() / 1000;
  const good = { sub: 'catalog', aud: 'scaffolder', iat: now, exp: now + 3600 };
  const verify = async (claims: JsonObject, header: object = HEADER, key = catalogKey) =>
    withoutEvidence(tokens.verify(parseCompact(forge(header, claims, key.signing))));
  return { clock, network, asked, tokens, now, good, verify };
}

describe('an issued plugin token', () => {
  it('has the header and the claims that Backstage issues, in its order', async () => {
    const { tokens, now } = setUp();
    const { header, payload } = decode(await tokens.issue({ targetPluginId: 'catalog' }));
    expect(Object.entries(header)).toEqual(Object.entries(HEADER));
    expect(Object.entries(payload)).toEqual([
      ['sub', 'scaffolder'],
      ['aud', 'catalog'],
      ['iat', now],
      ['exp', now + 3600],
    ]);
  });

  it.each([
    [2_000, 2],
    [2_999, 2],
    [3_599_000, 3_599],
    [86_400_000, 3_600],
  ])('for a user whose token has %d ms left lives %d s', async (left, life) => {
    const { tokens, clock, now } = setUp();
    const onBehalfOf = { token: 'limited', expiresAt: new Date(clock.now() + left) };
    const token = await tokens.issue({ targetPluginId: 'catalog', onBehalfOf });
    expect(decode(token).payload).toEqual({
      sub: 'scaffolder',
      aud: 'catalog',
      iat: now,
      exp: now + life,
      obo: 'limited',
    });
  });
});

describe('a plugin token', () => {
  it('is one by its exact type', () => {
    const { signing } = catalogKey;
    const isOne = (typ: unknown) =>
      PluginTokens.recognises(parseCompact(forge({ alg: 'ES256', typ }, {}, signing)));
    expect(isOne('vnd.backstage.plugin')).toBe(true);
    for (const typ of [
      undefined,
      '',
      'JWT',
      'VND.BACKSTAGE.PLUGIN',
      'application/vnd.backstage.plugin',
      'vnd.backstage.plugin ',
      'vnd.backstage.user',
      'vnd.backstage.limited-user',
      'toString',
    ]) {
      expect(isOne(typ)).toBe(false);
    }
  });

  it('proves the plugin that signed it', async () => {
    const { verify, good, asked } = setUp();
    expect(await verify(good)).toEqual({
      subject: 'plugin:catalog',
      expiresAt: new Date(good.exp * 1000),
    });
    expect(asked).toEqual([]);
  });

  it('brings the token of the user, unverified', async () => {
    const { verify, good } = setUp();
    expect(await verify({ ...good, obo: 'x' })).toEqual({
      subject: 'plugin:catalog',
      expiresAt: expect.any(Date) as Date,
      limitedUserToken: 'x',
    });
  });

  it('may hold what nobody asked for, and be from a minute ahead', async () => {
    const { verify, good, now } = setUp();
    const claims: JsonObject = { ...good, iat: now + 60, iss: 'x', jti: 'y', scope: 'admin' };
    for (let index = 0; index < 1_000; index += 1) claims[`claim-${index}`] = index;
    expect(await verify(claims)).toEqual({
      subject: 'plugin:catalog',
      expiresAt: expect.any(Date) as Date,
    });
  });

  it.each<[unknown]>([
    [undefined],
    [null],
    [''],
    [' '],
    [1],
    [true],
    [['catalog']],
    [{}],
    ['..'],
    ['../auth'],
    ['a/b'],
    ['a%2fb'],
    ['a?x'],
    ['a#x'],
    ['a\\b'],
    ['@evil.com'],
    ['evil.com:80'],
    ['[::1]'],
    ['a b'],
    ['\u212Aatalog'],
    ['catalog\n'],
    ['a'.repeat(255)],
    ['a'.repeat(10_000)],
  ])('from %j is refused before anybody is asked where that is', async sub => {
    const { verify, good, asked, network } = setUp();
    await expect(verify({ ...good, sub } as JsonObject)).rejects.toMatchObject({
      ...illegalToken('AUTH_CLAIM_INVALID'),
      reason: expect.stringMatching(
        /^claim sub: expected the id of the issuing plugin, found (a string of \d+ characters|none|null|an object|a list of \d+|a number|a boolean)$/,
      ) as unknown,
    });
    expect(asked).toEqual([]);
    expect(network.requests).toEqual([]);
  });

  it.each<[unknown, string]>([
    [undefined, 'none'],
    [null, 'null'],
    ['', '""'],
    ['catalog', '"catalog"'],
    [['scaffolder'], '["scaffolder"]'],
    [['x', 'scaffolder'], '["x","scaffolder"]'],
    [{ 0: 'scaffolder' }, 'an object'],
    ['scaffolder ', '"scaffolder "'],
    ['Scaffolder', '"Scaffolder"'],
    ['scaff', '"scaff"'],
    ['scaffolder2', '"scaffolder2"'],
    [true, 'a boolean'],
  ])('for %j is refused', async (aud, found) => {
    const { verify, good } = setUp();
    await expect(verify({ ...good, aud } as JsonObject)).rejects.toMatchObject({
      ...illegalToken('AUTH_AUDIENCE_MISMATCH'),
      reason: `expected aud to be "scaffolder", this plugin, in the token of the plugin "catalog", found ${found}; ask for a token with this plugin as targetPluginId`,
    });
  });

  it.each<[unknown, string]>([
    ['', 'a string of 0 characters'],
    [0, 'a number'],
    [false, 'a boolean'],
    [null, 'null'],
    [123, 'a number'],
    [['x'], 'a list of 1'],
    [{}, 'an object'],
  ])('on behalf of %j is refused: it never speaks for the plugin itself', async (obo, found) => {
    const { verify, good } = setUp();
    await expect(verify({ ...good, obo } as JsonObject)).rejects.toMatchObject({
      ...illegalToken('AUTH_CLAIM_INVALID'),
      reason: `claim obo: expected a limited user token, found ${found}`,
    });
  });

  it.each<[string, (now: number) => object, string, string | RegExp]>([
    [
      'expired a second ago',
      now => ({ iat: now - 9, exp: now - 1 }),
      'AUTH_TOKEN_EXPIRED',
      /^the token expired at 2026-01-01T11:59:59.000Z, it is 2026-01-01T12:00:00.000Z now; get a new one$/,
    ],
    [
      'expires now',
      now => ({ exp: now }),
      'AUTH_TOKEN_EXPIRED',
      /^the token expired at 2026-01-01T12:00:00.000Z/,
    ],
    [
      'has no exp',
      () => ({ exp: undefined }),
      'AUTH_CLAIM_INVALID',
      'claim exp: expected whole seconds since the epoch, found none',
    ],
    [
      'has the exp null',
      () => ({ exp: null }),
      'AUTH_CLAIM_INVALID',
      'claim exp: expected whole seconds since the epoch, found null',
    ],
    [
      'has a text as exp',
      now => ({ exp: `${now + 60}` }),
      'AUTH_CLAIM_INVALID',
      /^claim exp: expected whole seconds since the epoch, found a string of 10 characters$/,
    ],
    [
      'has a fraction in exp',
      now => ({ exp: now + 0.5 }),
      'AUTH_CLAIM_INVALID',
      /^claim exp: expected whole seconds since the epoch/,
    ],
    [
      'never expires',
      () => ({ exp: 1e15 }),
      'AUTH_CLAIM_INVALID',
      /^claim exp: expected whole seconds since the epoch/,
    ],
    [
      'has no iat',
      () => ({ iat: undefined }),
      'AUTH_CLAIM_INVALID',
      'claim iat: expected whole seconds since the epoch, found none',
    ],
    [
      'is from more than a minute ahead',
      now => ({ iat: now + 61 }),
      'AUTH_TOKEN_NOT_YET_VALID',
      /^the token is valid from 2026-01-01T12:01:01.000Z, it is 2026-01-01T12:00:00.000Z now; check the clocks of both hosts$/,
    ],
    [
      'is not valid yet',
      now => ({ nbf: now + 61 }),
      'AUTH_TOKEN_NOT_YET_VALID',
      /^the token is valid from/,
    ],
    [
      'has the nbf null',
      () => ({ nbf: null }),
      'AUTH_CLAIM_INVALID',
      'claim nbf: expected whole seconds since the epoch, found null',
    ],
    [
      'lives for more than a day',
      now => ({ exp: now + 86_401 }),
      'AUTH_CLAIM_INVALID',
      /^claim exp: expected at most 86400 s after iat, found \d+$/,
    ],
  ])('that %s is refused', async (_, change, code, reason) => {
    const { verify, good, now } = setUp();
    await expect(verify({ ...good, ...change(now) })).rejects.toMatchObject({
      ...illegalToken(code as 'AUTH_CLAIM_INVALID'),
      reason: typeof reason === 'string' ? reason : (expect.stringMatching(reason) as unknown),
    });
  });

  it('may live for a day', async () => {
    const { verify, good, now } = setUp();
    const proof = await verify({ ...good, exp: now + 86_400 });
    expect(proof).toMatchObject({ subject: 'plugin:catalog' });
  });

  it('lives to its last moment', async () => {
    const { verify, good, clock } = setUp();
    clock.advance(3_599_999);
    expect(await verify(good)).toEqual({
      subject: 'plugin:catalog',
      expiresAt: expect.any(Date) as Date,
    });
    clock.advance(1);
    await expect(verify(good)).rejects.toMatchObject(illegalToken('AUTH_TOKEN_EXPIRED'));
  });

  it('of a host whose clock is a minute behind is accepted', async () => {
    const { verify, good, now } = setUp();
    expect(await verify({ ...good, iat: now - 60, exp: now + 3_540 })).toEqual({
      subject: 'plugin:catalog',
      expiresAt: expect.any(Date) as Date,
    });
  });

  it('without a kid is refused', async () => {
    const { verify, good, network } = setUp();
    await expect(verify(good, { ...HEADER, kid: undefined })).rejects.toMatchObject({
      ...illegalToken('AUTH_KEY_UNKNOWN'),
      reason: 'expected a kid in the header, which names the key of the issuer, found none',
    });
    expect(network.requests).toEqual([]);
  });

  it('of the same plugin in another installation is refused', async () => {
    const { verify, good } = setUp();
    await expect(verify(good, HEADER, otherKey)).rejects.toMatchObject({
      ...illegalToken('AUTH_SIGNATURE_INVALID'),
      reason:
        'the ES256 signature does not verify with the key "k1" that the issuer publishes; the token was changed, or another installation uses the same key id',
    });
  });

  it('is refused for its signature before any claim of it is believed', async () => {
    const { verify, good } = setUp();
    const wrong = { ...good, aud: 'other', exp: 1, obo: 1 };
    await expect(verify(wrong, HEADER, otherKey)).rejects.toMatchObject(
      illegalToken('AUTH_SIGNATURE_INVALID'),
    );
  });

  it('of an unknown plugin is looked up where discovery says, once', async () => {
    const { verify, good, asked, network } = setUp();
    network.goDown();
    await expect(verify({ ...good, sub: 'search' })).rejects.toMatchObject(keysUnavailable);
    network.publish(otherKey.jwk);
    expect(asked).toEqual(['search']);
    expect(network.requests.map(({ url }) => url)).toEqual([
      'http://backend/api/search/.backstage/auth/v1/jwks.json',
    ]);
  });

  it('may be of another algorithm only where that is configured', async () => {
    const key = createKey('k1', 'ES384');
    const header = { ...HEADER, alg: 'ES384' };
    const strict = setUp(['ES256'], key.jwk);
    await expect(strict.verify(strict.good, header, key)).rejects.toMatchObject({
      ...illegalToken('AUTH_ALGORITHM_NOT_ALLOWED'),
      reason: 'expected alg to be ES256, found "ES384"',
    });
    const open = setUp(['ES256', 'ES384'], key.jwk);
    expect(await open.verify(open.good, header, key)).toEqual({
      subject: 'plugin:catalog',
      expiresAt: expect.any(Date) as Date,
    });
  });
});
