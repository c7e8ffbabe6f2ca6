import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BackstageCredentials, BackstageUserPrincipal } from '@stagepass/auth-node';
import {
  Installation,
  JANE,
  STATIC_TOKEN,
  externalAccess,
} from '../../packages/auth-backend/src/testing/Installation';
import { issue } from '../../packages/auth-backend/src/testing/credentialFixtures';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { illegalToken } from '../../packages/auth-backend/src/testing/refusals';
import { decode, segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { legacyEntry, signShared } from './externalParties';

const CATALOG = { type: 'service', subject: 'plugin:catalog' };

describe('a plugin token on behalf of a user', () => {
  it('OBO-01 proves the user, with the plugin as the actor', async () => {
    const it = new Installation();
    const token = it.pluginToken({ obo: it.limitedUserToken() });
    const { principal, expiresAt } = await (await it.plugin()).authenticate(token);
    expect(principal).toEqual({ type: 'user', userEntityRef: JANE, actor: CATALOG });
    expect(expiresAt).toEqual(new Date((it.now + 3600) * 1000));
  });

  it.each<[string, (it: Installation) => string, string]>([
    ['a full user token', it => it.userToken(), 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['a plugin token', it => it.pluginToken(), 'AUTH_TOKEN_TYPE_UNKNOWN'],
    [
      'a plugin token with a user',
      it => it.pluginToken({ obo: it.limitedUserToken() }),
      'AUTH_TOKEN_TYPE_UNKNOWN',
    ],
    ['a static token', () => STATIC_TOKEN, 'AUTH_TOKEN_MALFORMED'],
    [
      'a token with a shared secret',
      it => signShared({ sub: 'backstage-server', exp: it.now + 60 }),
      'AUTH_TOKEN_TYPE_UNKNOWN',
    ],
    [
      'an expired limited token',
      it => it.limitedUserToken({ iat: it.now - 60, exp: it.now }),
      'AUTH_TOKEN_EXPIRED',
    ],
    [
      'a limited token of another installation',
      it => it.limitedUserToken({}, {}, createKey('user-key')),
      'AUTH_SIGNATURE_INVALID',
    ],
    ['garbage', () => 'garbage', 'AUTH_TOKEN_MALFORMED'],
    ['three segments of garbage', () => 'gar.ba.ge', 'AUTH_TOKEN_MALFORMED'],
    ['20 kB', () => 'x'.repeat(20_000), 'AUTH_TOKEN_MALFORMED'],
  ])('OBO-02 is refused with %s as obo', async (_, obo, code) => {
    const it = new Installation({ auth: { externalAccess: [...externalAccess, legacyEntry] } });
    const token = it.pluginToken({ obo: obo(it) });
    for (const allowLimitedAccess of [false, true]) {
      await expect(
        (await it.plugin()).authenticate(token, { allowLimitedAccess }),
      ).rejects.toMatchObject(illegalToken(code as never));
    }
  });

  it.each([[''], [0], [false], [null], [123], [true], [['x']], [[]], [{}]])(
    'OBO-03 never proves the plugin itself, with %j as obo',
    async obo => {
      const it = new Installation();
      await expect((await it.plugin()).authenticate(it.pluginToken({ obo }))).rejects.toMatchObject(
        illegalToken('AUTH_CLAIM_INVALID'),
      );
    },
  );

  it('OBO-05 is for its receiver alone, who cannot replay it', async () => {
    const it = new Installation();
    const token = it.pluginToken({ obo: it.limitedUserToken() });
    await expect((await it.plugin('scaffolder')).authenticate(token)).resolves.toBeDefined();
    for (const other of ['search', 'catalog', 'auth']) {
      await expect((await it.plugin(other)).authenticate(token)).rejects.toMatchObject(
        illegalToken('AUTH_AUDIENCE_MISMATCH'),
      );
    }
  });

  it('OBO-06 names as the actor who signed it, not who called that plugin before', async () => {
    const it = new Installation();
    const [scaffolder, search] = [await it.plugin('scaffolder'), await it.plugin('search')];
    const received = it.pluginToken({ obo: it.limitedUserToken() });
    const onward = await issue(scaffolder, await scaffolder.authenticate(received), 'search');
    // The limited token goes on as it came.
    expect(decode(onward).payload.obo).toBe(decode(received).payload.obo);
    const { principal } = await search.authenticate(onward);
    expect(principal).toEqual({
      type: 'user',
      userEntityRef: JANE,
      actor: { type: 'service', subject: 'plugin:scaffolder' },
    });
    expect(JSON.stringify(principal)).not.toContain('catalog');
  });

  it('OBO-11 ends with the user’s token, in the middle of ten hops too', async () => {
    const it = new Installation();
    const hops = await Promise.all(Array.from({ length: 11 }, (_, hop) => it.plugin(`hop-${hop}`)));
    const end = it.now + 60;
    for (const [hopsBefore, code] of [
      [11, undefined],
      [6, 'AUTH_TOKEN_EXPIRED'],
    ] as const) {
      let credentials = await hops[0]!.authenticate(it.userToken({ exp: end }));
      const chain = async () => {
        for (let hop = 1; hop < hops.length; hop += 1) {
          // Six hops of ten seconds, and the token of the user is over.
          if (hopsBefore === 6) it.clock.advance({ seconds: 10 });
          const token = await issue(hops[hop - 1]!, credentials, `hop-${hop}`);
          expect(decode(token).payload.exp).toBe(end);
          credentials = await hops[hop]!.authenticate(token);
          expect(credentials.expiresAt).toEqual(new Date(end * 1000));
        }
      };
      await (code === undefined
        ? chain()
        : expect(chain()).rejects.toMatchObject(illegalToken(code)));
    }
    expect(it.now).toBe(end);
  });
});

describe('a user token whose proof is wrong', () => {
  it.each<[string, (it: Installation) => unknown, 'limiting' | 'verifying']>([
    ['missing', () => undefined, 'limiting'],
    ['empty', () => '', 'limiting'],
    ['null', () => null, 'limiting'],
    ['a number', () => 1, 'limiting'],
    ['a list', () => ['x'], 'limiting'],
    ['no base64url', () => 'a+b/', 'limiting'],
    ['with a dot', () => 'a.b', 'limiting'],
    ['of one byte', () => 'AA', 'verifying'],
    ['of 63 bytes', () => Buffer.alloc(63, 1).toString('base64url'), 'verifying'],
    ['of 65 bytes', () => Buffer.alloc(65, 1).toString('base64url'), 'verifying'],
    ['for another user', it => proof(it, { sub: 'user:default/joe' }), 'verifying'],
    ['for another start', it => proof(it, { iat: it.now - 1 }), 'verifying'],
    ['for a later end', it => proof(it, { exp: it.now + 7200 }), 'verifying'],
    ['of another key', it => proof(it, {}, createKey('user-key')), 'verifying'],
    ['the signature of the whole token', it => decode(it.userToken()).signature, 'verifying'],
  ])('OBO-08 acts for nobody: %s', async (_, uip, refusedWhen) => {
    const it = new Installation();
    const auth = await it.plugin();
    const user = (await auth.authenticate(
      it.userToken({ uip: uip(it) }),
    )) as BackstageCredentials<BackstageUserPrincipal>;
    if (refusedWhen === 'limiting') {
      await expect(auth.getLimitedUserToken(user)).rejects.toMatchObject(
        illegalToken('AUTH_CLAIM_INVALID'),
      );
      await expect(issue(auth, user)).rejects.toMatchObject(illegalToken('AUTH_CLAIM_INVALID'));
      return;
    }
    const { token } = await auth.getLimitedUserToken(user);
    expect(token).not.toContain('undefined');
    await expect(auth.authenticate(token, { allowLimitedAccess: true })).rejects.toMatchObject(
      illegalToken('AUTH_SIGNATURE_INVALID'),
    );
    const onward = await issue(auth, user, 'search');
    await expect((await it.plugin('search')).authenticate(onward)).rejects.toMatchObject(
      illegalToken('AUTH_SIGNATURE_INVALID'),
    );
  });

  it.each<[string, object, object]>([
    ['a later end', {}, { exp: 4_102_444_800 }],
    ['another user', {}, { sub: 'user:default/admin' }],
    ['another start', {}, { iat: 1 }],
    ['one claim more', {}, { ent: ['group:default/admins'] }],
    ['another type', { typ: 'vnd.backstage.user' }, {}],
    ['another algorithm', { alg: 'ES384' }, {}],
    ['another key', { kid: 'catalog-key' }, {}],
    ['one header parameter more', { x: 1 }, {}],
  ])('OBO-09 is not limited anew by its holder with %s', async (_, header, claims) => {
    const it = new Installation();
    const auth = await it.plugin();
    const limited = decode(it.limitedUserToken());
    const changed = `${segment({ ...limited.header, ...header })}.${segment({ ...limited.payload, ...claims })}.${limited.signature}`;
    await expect(auth.authenticate(changed, { allowLimitedAccess: true })).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: 'Illegal token',
    });
    await expect(auth.authenticate(it.pluginToken({ obo: changed }))).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: 'Illegal token',
    });
  });

  it('OBO-09 is not limited anew with its members in another order', async () => {
    const it = new Installation();
    const { header, payload, signature } = decode(it.limitedUserToken());
    const { sub, iat, exp } = payload;
    const changed = `${segment(header)}.${segment({ exp, iat, sub })}.${signature}`;
    await expect(
      (await it.plugin()).authenticate(changed, { allowLimitedAccess: true }),
    ).rejects.toMatchObject(illegalToken('AUTH_SIGNATURE_INVALID'));
  });
});

/** The identity proof of a user token with these claims. */
function proof(it: Installation, claims: object, key = it.userKey): string {
  return decode(it.limitedUserToken(claims, {}, key)).signature;
}

it('OBO-07 a thousand requests of different users at once never act for one another', async () => {
  const it = new Installation();
  const [scaffolder, search] = [await it.plugin('scaffolder'), await it.plugin('search')];
  const current = new AsyncLocalStorage<string>();
  const handle = async (turns: number) => {
    const userEntityRef = current.getStore()!;
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    const credentials = await scaffolder.authenticate(it.userToken({ sub: userEntityRef }));
    expect(current.getStore()).toBe(userEntityRef);
    const token = await issue(scaffolder, credentials, 'search');
    const { principal } = await search.authenticate(token);
    expect(principal).toMatchObject({ userEntityRef: current.getStore() });
  };
  const requests = Array.from({ length: 1_000 }, (_, index) =>
    current.run(`user:default/u${index}`, () => handle((index * 7_919) % 13)),
  );
  await Promise.all(requests);
  expect(requests).toHaveLength(1_000);
});
