import type { AuthEvent, BackstageCredentials } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import {
  AuthRecorder,
  createNoneCredentials,
  createServiceCredentials,
  createUserCredentials,
} from '@stagepass/auth-node/internal';
import { createKey } from '../testing/keyFixtures';
import { RecordingLogger } from '../testing/RecordingLogger';
import { illegalToken, rejectionOf } from '../testing/refusals';
import { forge } from '../testing/tokenFixtures';
import { UserTokens } from '../tokens/user/UserTokens';
import { DefaultUserInfoService } from './DefaultUserInfoService';
import { SharedAnswers } from './SharedAnswers';

const JANE = 'user:default/jane';
const JOE = 'user:default/joe';
const key = createKey('k1');

function setUp() {
  const clock = new TestClock();
  const logger = new RecordingLogger();
  const events: AuthEvent[] = [];
  const now = clock.now() / 1000;
  const asked: string[] = [];
  const authPlugin = {
    answer: async (): Promise<{ claims: unknown } | undefined> => ({
      claims: { sub: JANE, ent: [JANE, 'group:default/a'] },
    }),
  };
  const service = new DefaultUserInfoService({
    userTokens: new UserTokens({
      findKey: async () => key.published,
      algorithms: ['ES256'],
      clock,
    }),
    fetchUserClaims(token) {
      asked.push(token);
      return authPlugin.answer();
    },
    answers: new SharedAnswers(clock),
    recorder: new AuthRecorder({
      pluginId: 'catalog',
      logger,
      clock,
      onAuthEvent: event => events.push(event),
      metrics: { count() {}, countKeySetFetch() {} },
    }),
  });
  const tokenOf = (claims: object = {}, typ = 'vnd.backstage.user') =>
    forge(
      { typ, alg: 'ES256', kid: 'k1' },
      { sub: JANE, iat: now, exp: now + 3600, ...claims },
      key.signing,
    );
  const credentialsOf = (token: string, userEntityRef = JANE) =>
    createUserCredentials({ userEntityRef, token, expiresAt: new Date(clock.now() + 3_600_000) });
  return { clock, logger, events, now, asked, authPlugin, service, tokenOf, credentialsOf };
}

const INFO = { userEntityRef: JANE, ownershipEntityRefs: [JANE, 'group:default/a'] };

describe('user info', () => {
  it('is the record of the auth plugin', async () => {
    const { service, tokenOf, credentialsOf, asked } = setUp();
    const token = tokenOf();
    expect(await service.getUserInfo(credentialsOf(token))).toEqual(INFO);
    expect(asked).toEqual([token]);
  });

  it('is had with a limited token too', async () => {
    const { service, tokenOf, credentialsOf } = setUp();
    const token = tokenOf({}, 'vnd.backstage.limited-user');
    expect(await service.getUserInfo(credentialsOf(token))).toEqual(INFO);
  });

  it('is in the token itself, if that holds the ownership', async () => {
    const { service, tokenOf, credentialsOf, asked } = setUp();
    const credentials = credentialsOf(tokenOf({ ent: ['group:default/b'] }));
    expect(await service.getUserInfo(credentials)).toEqual({
      userEntityRef: JANE,
      ownershipEntityRefs: ['group:default/b'],
    });
    expect(asked).toEqual([]);
  });

  it('is had for credentials that come out of JSON', async () => {
    const { service, tokenOf, credentialsOf } = setUp();
    const token = tokenOf();
    const stored = JSON.parse(
      JSON.stringify({ ...credentialsOf(token), token }),
    ) as BackstageCredentials;
    expect(await service.getUserInfo(stored)).toEqual(INFO);
  });

  it('is asked for once by all who ask at the same time', async () => {
    const { service, tokenOf, credentialsOf, asked } = setUp();
    const credentials = credentialsOf(tokenOf());
    const infos = await Promise.all(
      Array.from({ length: 1_000 }, () => service.getUserInfo(credentials)),
    );
    for (const info of infos) expect(info).toEqual(INFO);
    expect(asked).toHaveLength(1);
  });

  it('is shared for five seconds, whatever the wall clock does', async () => {
    const { service, tokenOf, credentialsOf, asked, clock, authPlugin } = setUp();
    const credentials = credentialsOf(tokenOf());
    await service.getUserInfo(credentials);
    authPlugin.answer = async () => ({ claims: { sub: JANE, ent: [] } });
    clock.advance(4_999);
    expect(await service.getUserInfo(credentials)).toEqual(INFO);
    clock.setTime(clock.now() - 60_000);
    clock.advance(1);
    expect(await service.getUserInfo(credentials)).toEqual({ ...INFO, ownershipEntityRefs: [] });
    expect(asked).toHaveLength(2);
  });

  it('is not shared longer than its token lasts', async () => {
    const { service, clock, tokenOf, credentialsOf, now } = setUp();
    const credentials = credentialsOf(tokenOf({ exp: now + 2 }));
    await service.getUserInfo(credentials);
    clock.advance(1_999);
    await service.getUserInfo(credentials);
    clock.advance(1);
    await expect(service.getUserInfo(credentials)).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_EXPIRED'),
    );
  });

  it('is a copy: what one caller does to it does not reach the next', async () => {
    const { service, tokenOf, credentialsOf, asked } = setUp();
    for (const token of [tokenOf(), tokenOf({ ent: INFO.ownershipEntityRefs })]) {
      const first = await service.getUserInfo(credentialsOf(token));
      first.ownershipEntityRefs.push('group:default/admins');
      first.userEntityRef = JOE;
      expect(await service.getUserInfo(credentialsOf(token))).toEqual(INFO);
    }
    expect(asked).toHaveLength(1);
  });

  it('is kept apart for each token', async () => {
    const { service, tokenOf, credentialsOf, asked, now } = setUp();
    await service.getUserInfo(credentialsOf(tokenOf()));
    await service.getUserInfo(credentialsOf(tokenOf({ exp: now + 60 })));
    expect(new Set(asked).size).toBe(2);
  });

  it('of a failure is not kept, and all who waited get the failure', async () => {
    const { service, tokenOf, credentialsOf, asked, authPlugin } = setUp();
    const credentials = credentialsOf(tokenOf());
    const { answer } = authPlugin;
    authPlugin.answer = () => Promise.reject(new Error('down'));
    const failed = await Promise.allSettled(
      Array.from({ length: 100 }, () => service.getUserInfo(credentials)),
    );
    for (const outcome of failed) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'down' } });
    }
    authPlugin.answer = answer;
    expect(await service.getUserInfo(credentials)).toEqual(INFO);
    expect(asked).toHaveLength(2);
  });

  it('CACHE-08 of a failure does not take a newer answer away', async () => {
    const { service, tokenOf, credentialsOf, asked, authPlugin, clock } = setUp();
    const credentials = credentialsOf(tokenOf());
    const { answer } = authPlugin;
    let fail = () => {};
    authPlugin.answer = () => new Promise((_, reject) => (fail = () => reject(new Error('late'))));
    const slow = rejectionOf(service.getUserInfo(credentials));
    while (asked.length === 0) await Promise.resolve().then(() => new Promise(setImmediate));
    clock.advance(5_000);
    authPlugin.answer = answer;
    expect(await service.getUserInfo(credentials)).toEqual(INFO);
    fail();
    expect((await slow).message).toBe('late');
    expect(await service.getUserInfo(credentials)).toEqual(INFO);
    expect(asked).toHaveLength(2);
  });

  it('is shared for a thousand tokens at most', async () => {
    const { service, tokenOf, credentialsOf, asked, now } = setUp();
    const tokens = Array.from({ length: 1_001 }, (_, index) => tokenOf({ exp: now + 100 + index }));
    for (const token of tokens) await service.getUserInfo(credentialsOf(token));
    await service.getUserInfo(credentialsOf(tokens[1_000]!));
    expect(asked).toHaveLength(1_001);
    await service.getUserInfo(credentialsOf(tokens[0]!));
    expect(asked).toHaveLength(1_002);
  });
});

describe('user info is refused', () => {
  it.each([
    ['service', createServiceCredentials({ subject: 'plugin:catalog' })],
    ['none', createNoneCredentials()],
  ])('for a %s principal', async (type, credentials) => {
    const { service, asked } = setUp();
    await expect(service.getUserInfo(credentials)).rejects.toMatchObject({
      name: 'InputError',
      message: `User info not available for principal type '${type}'`,
    });
    expect(asked).toEqual([]);
  });

  it('without a token', async () => {
    const { service, tokenOf, credentialsOf } = setUp();
    const bare = { ...credentialsOf(tokenOf()) };
    await expect(service.getUserInfo(bare)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CREDENTIALS_MISSING',
      message: 'User credentials is unexpectedly missing token',
      reason: 'the user credentials hold no token; pass them as an auth service returned them',
    });
  });

  it('for credentials that name another user than their token', async () => {
    const { service, tokenOf, credentialsOf } = setUp();
    await expect(service.getUserInfo(credentialsOf(tokenOf(), JOE))).rejects.toMatchObject({
      ...illegalToken('AUTH_CLAIM_INVALID'),
      reason: `the credentials name another user than their token, which is "${JANE}"'s; pass them as an auth service returned them`,
    });
  });

  it.each<[string, (it: ReturnType<typeof setUp>) => string, string]>([
    ['that is expired', it => it.tokenOf({ iat: it.now - 9, exp: it.now }), 'AUTH_TOKEN_EXPIRED'],
    ['of a plugin', it => it.tokenOf({}, 'vnd.backstage.plugin'), 'AUTH_TOKEN_TYPE_UNKNOWN'],
    [
      'that is forged',
      it => `${it.tokenOf().slice(0, -86)}${'A'.repeat(86)}`,
      'AUTH_SIGNATURE_INVALID',
    ],
    ['that is none', () => 'x', 'AUTH_TOKEN_MALFORMED'],
  ])('for a token %s', async (_, token, code) => {
    const context = setUp();
    const { service, credentialsOf, asked } = context;
    await expect(service.getUserInfo(credentialsOf(token(context)))).rejects.toMatchObject(
      illegalToken(code as 'AUTH_TOKEN_EXPIRED'),
    );
    expect(asked).toEqual([]);
  });

  it('when the auth plugin does not know the user', async () => {
    const { service, tokenOf, credentialsOf, authPlugin } = setUp();
    authPlugin.answer = async () => undefined;
    await expect(service.getUserInfo(credentialsOf(tokenOf()))).rejects.toMatchObject({
      name: 'NotFoundError',
      message: 'The auth plugin has no record of the user',
    });
  });

  it.each<[string, unknown]>([
    ['another user', { sub: JOE, ent: [JOE] }],
    ['a user in other letters', { sub: JANE.toUpperCase(), ent: [JANE] }],
    ['nobody', { ent: [JANE] }],
    ['null', null],
    ['nothing', undefined],
    ['a text', JANE],
  ])('when the auth plugin answers with the record of %s', async (_, claims) => {
    const { service, tokenOf, credentialsOf, authPlugin } = setUp();
    authPlugin.answer = async () => ({ claims });
    const error = await rejectionOf(service.getUserInfo(credentialsOf(tokenOf())));
    expect(error.message).toBe(
      "Expected the record of the user whose token it is, found another user's",
    );
  });

  it.each<[unknown]>([[undefined], [null], [JANE], [[JANE, 1]], [{ 0: JANE, length: 1 }]])(
    'when the ownership is %j',
    async ent => {
      const { service, tokenOf, credentialsOf, authPlugin } = setUp();
      authPlugin.answer = async () => ({ claims: { sub: JANE, ent } });
      const message =
        'Expected the ownership of the user as a list of entity refs, found something else';
      await expect(service.getUserInfo(credentialsOf(tokenOf()))).rejects.toThrow(message);
      if (ent === undefined) return;
      await expect(service.getUserInfo(credentialsOf(tokenOf({ ent })))).rejects.toThrow(message);
    },
  );
});
