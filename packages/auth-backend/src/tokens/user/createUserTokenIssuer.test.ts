import { TestClock } from '@stagepass/auth-test-utils';
import * as jose from 'jose';
import type { JsonValue } from '@backstage/types';
import { USER_KEYS_TABLE } from '../../keys/sqlTables';
import { settle } from '../../testing/FakeNetwork';
import { FlakyKeyStore } from '../../testing/FlakyKeyStore';
import { createKey } from '../../testing/keyFixtures';
import { RecordingLogger } from '../../testing/RecordingLogger';
import { illegalToken, invalidConfig, keysUnavailable, rejectionOf } from '../../testing/refusals';
import { closeSqlite, openSqlite } from '../../testing/sqlite';
import { decode, forge } from '../../testing/tokenFixtures';
import { deriveLimitedUserToken } from '../limitedUser/limitedUserToken';
import { createUserTokenIssuer } from './createUserTokenIssuer';

const JANE = 'user:default/jane';
const ISSUER = 'https://backend.example.com/api/auth';

type Options = Parameters<typeof createUserTokenIssuer>[0];
type Claims = { sub: string; ent?: string[]; [claim: string]: JsonValue | undefined };

async function setUp(options: Partial<Options> = {}) {
  const clock = new TestClock();
  const logger = new RecordingLogger();
  const issuer = await createUserTokenIssuer({ issuer: ISSUER, clock, logger, ...options });
  const issue = async (claims: Claims) => (await issuer.issueToken({ claims })).token;
  return { clock, logger, issuer, issue, now: Math.floor(clock.now() / 1000) };
}

function databaseOf(client = openSqlite()) {
  return { client, getClient: async () => client };
}

afterEach(closeSqlite);

describe('an issued user token', () => {
  it('has the header and the claims that Backstage issues, in its order', async () => {
    const { issuer, issue, now } = await setUp();
    const { header, payload } = decode(
      await issue({ sub: JANE, ent: [JANE, 'group:default/a'], email: 'jane@example.com' }),
    );
    const [{ kid } = { kid: '' }] = (await issuer.listPublicKeys()).keys;
    expect(Object.entries(header)).toEqual([
      ['typ', 'vnd.backstage.user'],
      ['alg', 'ES256'],
      ['kid', kid],
    ]);
    expect(Object.entries(payload)).toEqual([
      ['email', 'jane@example.com'],
      ['iss', ISSUER],
      ['sub', JANE],
      ['aud', 'backstage'],
      ['iat', now],
      ['exp', now + 3600],
      ['uip', expect.stringMatching(/^[\w-]{86}$/)],
    ]);
  });

  it('says when it expires', async () => {
    const { issuer, clock } = await setUp({ tokenLifetime: { minutes: 90 } });
    clock.advance(999);
    const { token, expiresAt } = await issuer.issueToken({ claims: { sub: JANE } });
    expect(expiresAt).toEqual(new Date(((decode(token).payload.iat as number) + 5_400) * 1000));
    expect(expiresAt.getTime()).toBe((decode(token).payload.exp as number) * 1000);
  });

  it.each(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'])(
    'of %s is verified by another implementation, and so is the limited token in it',
    async algorithm => {
      const { issuer, issue, clock, now } = await setUp({ algorithm });
      const keySet = jose.createLocalJWKSet(await issuer.listPublicKeys());
      const token = await issue({ sub: JANE });
      const options = { currentDate: new Date(clock.now()), algorithms: [algorithm] };
      const { payload } = await jose.jwtVerify(token, keySet, {
        ...options,
        issuer: ISSUER,
        audience: 'backstage',
        typ: 'vnd.backstage.user',
      });
      expect(payload.sub).toBe(JANE);
      const limited = deriveLimitedUserToken(token, now).token;
      const verified = await jose.jwtVerify(limited, keySet, {
        ...options,
        typ: 'vnd.backstage.limited-user',
      });
      expect(verified.payload).toEqual({ sub: JANE, iat: now, exp: now + 3600 });
    },
  );

  it('proves in its limited form exactly that user at those times', async () => {
    const { issuer, issue, now } = await setUp();
    const { payload, header } = decode(await issue({ sub: JANE }));
    const [jwk] = (await issuer.listPublicKeys()).keys;
    const key = await jose.importJWK(jwk!);
    const { alg, kid } = header;
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const assemble = (typ: string, claims: object) =>
      `${encode({ typ, alg, kid })}.${encode(claims)}.${payload.uip as string}`;
    const [iat, exp] = [now, now + 3600];
    const verify = (token: string) => jose.compactVerify(token, key);
    const typ = 'vnd.backstage.limited-user';
    await expect(verify(assemble(typ, { sub: JANE, iat, exp }))).resolves.toBeDefined();
    for (const [otherTyp, claims] of [
      [typ, { sub: 'user:default/joe', iat, exp }],
      [typ, { sub: JANE, iat, exp: exp + 1 }],
      [typ, { sub: JANE, iat: iat - 1, exp }],
      [typ, { iat, sub: JANE, exp }],
      [typ, { sub: JANE, iat, exp, ent: ['group:default/admins'] }],
      ['vnd.backstage.user', { sub: JANE, iat, exp }],
    ] as const) {
      await expect(verify(assemble(otherTyp, claims))).rejects.toThrow(
        'signature verification failed',
      );
    }
  });

  it('has no ent unless so asked, whatever the number of refs', async () => {
    const ent = [JANE, 'group:default/a'];
    const short = await setUp();
    expect(decode(await short.issue({ sub: JANE, ent })).payload).not.toHaveProperty('ent');
    const full = await setUp({ omitOwnershipClaim: false });
    expect(decode(await full.issue({ sub: JANE, ent })).payload.ent).toEqual(ent);
    expect(decode(await full.issue({ sub: JANE })).payload.ent).toEqual([JANE]);
    expect(decode(await full.issue({ sub: JANE, ent: [] })).payload.ent).toEqual([]);
  });

  it('cannot be given the claims that are the issuer’s', async () => {
    const { issue, now } = await setUp();
    const token = await issue({
      sub: JANE,
      iss: 'https://evil',
      aud: 'other',
      iat: 1,
      exp: 9_999_999_999,
      uip: 'AAAA',
      nothing: undefined,
      nested: { list: [1, { deep: true }] },
    });
    expect(decode(token).payload).toEqual({
      iss: ISSUER,
      sub: JANE,
      aud: 'backstage',
      iat: now,
      exp: now + 3600,
      uip: expect.stringMatching(/^[\w-]{86}$/) as unknown,
      nested: { list: [1, { deep: true }] },
    });
  });

  it('carries claims with the names of what every object has', async () => {
    const { issuer, issue } = await setUp();
    const claims = JSON.parse(
      `{"sub":"${JANE}","__proto__":{"sub":"user:default/admin"},"constructor":1,"toString":2}`,
    ) as Claims;
    const token = await issue(claims);
    expect(decode(token).payload).toMatchObject({ sub: JANE, constructor: 1, toString: 2 });
    expect(Object.keys(decode(token).payload)).toContain('__proto__');
    expect(await issuer.getUserInfo(token)).toMatchObject({ claims: { sub: JANE, ent: [JANE] } });
  });

  it('keeps the sub byte for byte', async () => {
    const { issue } = await setUp();
    for (const sub of ['User:Default/JANE', 'user:default/ısı', 'user:default/jose\u0301']) {
      expect(decode(await issue({ sub })).payload.sub).toBe(sub);
    }
  });
});

describe('issueToken refuses', () => {
  it.each<[string, unknown, string]>([
    ['no sub', undefined, 'undefined'],
    ['an empty sub', '', '""'],
    ['a sub that is a list', [JANE], `["${JANE}"]`],
    ['a bare name', 'jane', '"jane"'],
    ['a line break', 'user:default/a\nb', '"user:default/a\\nb"'],
  ])('%s', async (_, sub, found) => {
    const { issuer } = await setUp();
    await expect(issuer.issueToken({ claims: { sub } as Claims })).rejects.toMatchObject({
      name: 'InputError',
      message: `Claim sub: expected an entity ref such as user:default/jane of at most 1024 characters, found ${found}`,
    });
  });

  it('a sub that no verifier would accept', async () => {
    const { issuer, issue } = await setUp();
    const longest = `user:default/${'a'.repeat(1024 - 13)}`;
    expect(await issuer.getUserInfo(await issue({ sub: longest }))).toBeDefined();
    await expect(issue({ sub: `${longest}a` })).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('of at most 1024 characters') as unknown,
    });
  });

  it.each([[null], ['group:default/a'], [{ 0: 'group:default/a' }], [['group:default/a', 1]]])(
    'the ownership refs %j',
    async ent => {
      const { issuer } = await setUp();
      const claims = { sub: JANE, ent } as unknown as Claims;
      await expect(issuer.issueToken({ claims })).rejects.toMatchObject({
        name: 'InputError',
        message: 'Claim ent: expected a list of entity refs',
      });
    },
  );

  it('a token that would be too long, without showing its claims', async () => {
    const { issuer, issue } = await setUp({ omitOwnershipClaim: false });
    const ent = Array.from({ length: 5_000 }, (_, index) => `group:default/secret-${index}`);
    const error = await rejectionOf(issue({ sub: JANE, ent, role: 'canary' }));
    expect(error.name).toBe('InputError');
    expect(error.message).toMatch(
      /^The user token would have \d+ characters, expected at most 32768; it has 5000 ownership refs and the custom claims \["role"\]$/,
    );
    expect(JSON.stringify(error) + error.stack).not.toMatch(/secret-|canary/);
    // Nothing is remembered of a sign-in that failed.
    expect(await issuer.getUserInfo(await issue({ sub: JANE }))).toMatchObject({
      claims: { ent: [JANE] },
    });
  });
});

describe.each([
  ['memory', () => ({})],
  ['SQLite', () => ({ database: databaseOf() })],
])('user info in %s', (_, where) => {
  it('is what was claimed at the last sign-in, for the full and the limited token', async () => {
    const { issuer, issue, now } = await setUp(where());
    await issue({ sub: JANE, ent: [JANE], old: true });
    const token = await issue({
      sub: JANE,
      ent: [JANE, 'group:default/a'],
      email: 'j@example.com',
    });
    const info = {
      claims: { sub: JANE, ent: [JANE, 'group:default/a'], email: 'j@example.com' },
    };
    expect(await issuer.getUserInfo(token)).toEqual(info);
    expect(await issuer.getUserInfo(deriveLimitedUserToken(token, now).token)).toEqual(info);
  });

  it('is only for tokens of this issuer that are alive', async () => {
    const { issuer, issue, clock, now } = await setUp(where());
    const token = await issue({ sub: JANE });
    const other = await setUp();
    const foreign = await other.issue({ sub: JANE });
    const [jwk] = (await issuer.listPublicKeys()).keys;
    const times = { iat: now, exp: now + 60 };
    const attacker = createKey(jwk!.kid).signing;
    const forged = forge(decode(token).header, { sub: JANE, ...times }, attacker);
    await expect(issuer.getUserInfo(foreign)).rejects.toMatchObject(
      illegalToken('AUTH_KEY_UNKNOWN'),
    );
    await expect(issuer.getUserInfo(forged)).rejects.toMatchObject(
      illegalToken('AUTH_SIGNATURE_INVALID'),
    );
    for (const junk of ['', 'x', undefined as unknown as string]) {
      await expect(issuer.getUserInfo(junk)).rejects.toMatchObject(
        illegalToken('AUTH_TOKEN_MALFORMED'),
      );
    }
    clock.advance({ hours: 1 });
    await expect(issuer.getUserInfo(token)).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_EXPIRED'),
    );
  });

  it('is not for callers that are no users', async () => {
    const { issuer, now } = await setUp(where());
    const claims = { sub: 'catalog', aud: 'auth', iat: now, exp: now + 60 };
    const { signing } = createKey('k');
    for (const header of [
      { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'k' },
      { alg: 'ES256', kid: 'k' },
    ]) {
      await expect(issuer.getUserInfo(forge(header, claims, signing))).rejects.toMatchObject({
        name: 'InputError',
        message: 'User info is only available for users; send a user token',
      });
    }
  });
});

describe('the keys of user tokens', () => {
  it('are published before anybody signs in, without a private member', async () => {
    const { issuer } = await setUp();
    const { keys } = await issuer.listPublicKeys();
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'x', 'y']);
  });

  it.each([
    [{ minutes: 10 }, 10, 5],
    [{ hours: 1 }, 60, 10],
    [{ hours: 24 }, 1440, 10],
  ])('rotate at the lifetime %j, and outlive every token', async (tokenLifetime, life, ahead) => {
    const keyStore = new FlakyKeyStore();
    const { clock, issue, issuer } = await setUp({ keyStore, tokenLifetime });
    const first = await issue({ sub: JANE });
    clock.advance({ minutes: life });
    const published = keyStore.next('deleteKeysExpiredBefore');
    const second = await issue({ sub: JANE });
    expect(decode(second).header).toEqual(decode(first).header);
    await published;
    clock.advance({ minutes: ahead });
    const third = await issue({ sub: JANE });
    expect(decode(third).header.kid).not.toBe(decode(first).header.kid);
    clock.advance({ minutes: life - ahead, seconds: -1 });
    expect(await issuer.getUserInfo(second)).toBeDefined();
  });

  it('live in the database, so that tokens outlive the process', async () => {
    const database = databaseOf();
    const before = await setUp({ database });
    const token = await before.issue({ sub: JANE, ent: ['group:default/a'] });
    const after = await setUp({ database });
    expect(await after.issuer.getUserInfo(token)).toEqual({
      claims: { sub: JANE, ent: ['group:default/a'] },
    });
    expect(await database.client(USER_KEYS_TABLE).pluck('id')).toHaveLength(2);
    expect((await after.issuer.listPublicKeys()).keys).toHaveLength(2);
  });

  it('live in a store of the application, if it brings one', async () => {
    const database = databaseOf();
    const keyStore = new FlakyKeyStore();
    const { issuer, issue } = await setUp({ database, keyStore });
    const token = await issue({ sub: JANE });
    expect(await keyStore.listKeys()).toHaveLength(1);
    expect(await database.client(USER_KEYS_TABLE).select()).toEqual([]);
    expect(await issuer.getUserInfo(token)).toBeDefined();
  });

  it('must be published before the issuer is there', async () => {
    const keyStore = new FlakyKeyStore();
    keyStore.failure = new Error('connection refused');
    await expect(setUp({ keyStore })).rejects.toMatchObject(keysUnavailable);
    keyStore.failure = undefined;
    await expect(setUp({ keyStore })).resolves.toBeDefined();
  });

  it('sign through an outage of the store', async () => {
    const keyStore = new FlakyKeyStore();
    const { issuer, issue, clock, logger } = await setUp({ keyStore });
    await issue({ sub: JANE });
    keyStore.failure = new Error('connection refused');
    clock.advance({ hours: 1, minutes: 30 });
    const failed = keyStore.next('addKey');
    const token = await issue({ sub: JANE });
    expect(await issuer.getUserInfo(token)).toBeDefined();
    await failed;
    await settle();
    expect(logger.lines('error')[0]).toBe('The key store does not take the next signing key');
  });
});

describe('wrong options', () => {
  it.each<[Partial<Options>, string]>([
    [{ issuer: '' }, 'issuer: expected the external base URL of the auth plugin, found ""'],
    [
      { issuer: '/api/auth' },
      'issuer: expected the external base URL of the auth plugin, found "/api/auth"',
    ],
    [
      { issuer: undefined as never },
      'issuer: expected the external base URL of the auth plugin, found undefined',
    ],
    [
      { algorithm: 'HS256' },
      'algorithm: expected one of ES256, ES384, ES512, RS256, RS384, RS512, PS256, PS384, PS512, EdDSA, Ed25519, found "HS256"',
    ],
    [
      { algorithm: 'constructor' },
      'algorithm: expected one of ES256, ES384, ES512, RS256, RS384, RS512, PS256, PS384, PS512, EdDSA, Ed25519, found "constructor"',
    ],
    [
      { tokenLifetime: { weeks: 1 } },
      'tokenLifetime: expected numbers of days, hours, minutes, seconds, milliseconds, found {"weeks":1}',
    ],
  ])('%j are refused before anything is written', async (options, message) => {
    const keyStore = new FlakyKeyStore();
    await expect(setUp({ keyStore, ...options })).rejects.toMatchObject(invalidConfig(message));
    expect(keyStore.calls).toEqual([]);
  });
});

it('nothing that is logged holds a token', async () => {
  const { issuer, issue, logger, clock } = await setUp({ database: databaseOf() });
  const token = await issue({ sub: JANE, role: 'canary' });
  await issuer.getUserInfo(token);
  clock.advance({ hours: 9 });
  await issuer.getUserInfo(token).catch(() => {});
  await issue({ sub: JANE });
  expect(logger.entries.length).toBeGreaterThan(0);
  for (const secret of [...token.split('.'), 'canary']) expect(logger.text).not.toContain(secret);
});
