import { createAuthBackend } from '@stagepass/auth-backend';
import { Installation, JANE } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { illegalToken } from '../../packages/auth-backend/src/testing/refusals';
import { decode, forge, segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { bearer, World } from '../refusals/World';
import { legacyEntry, publish, signShared, ThirdParty } from './externalParties';

const PLUGIN = 'vnd.backstage.plugin';
const USER = 'vnd.backstage.user';
const LIMITED = 'vnd.backstage.limited-user';

describe('over HTTP', () => {
  const idp = new ThirdParty();
  const STATIC = 'canary-static-token';
  const externalAccess = [
    { type: 'static', options: { token: STATIC, subject: 'ci' } },
    legacyEntry,
    idp.entry(),
  ];
  let world: World;
  beforeEach(async () => {
    world = await new World({ externalAccess }).start();
    publish(world.installation, idp);
  });
  afterEach(() => world.stop());

  it('TYP-02 a limited user token in Authorization opens no normal route', async () => {
    const { installation } = world;
    for (const path of ['/private', '/users', '/calls']) {
      const answer = await world.send({ path, headers: bearer(installation.limitedUserToken()) });
      expect(answer.status).toBe(401);
      expect(answer.body).toContain('"Illegal limited user token"');
    }
  });

  it.each<[string, (it: Installation) => string]>([
    ['plugin', it => it.pluginToken()],
    ['plugin token on behalf of a user', it => it.pluginToken({ obo: it.limitedUserToken() })],
    ['static', () => STATIC],
    ['legacy', it => signShared({ sub: 'backstage-server', exp: it.now + 60 })],
    ['third party', it => idp.token(it.now)],
  ])('TYP-03 a %s token in the cookie proves nobody', async (_, token) => {
    const cookie = `backstage-auth=${token(world.installation)}`;
    for (const path of ['/view', '/private', '/users']) {
      expect(await world.send({ path, headers: { cookie } })).toMatchObject({ status: 401 });
    }
  });

  it('TYP-04 a full user token in the cookie proves nobody, and gives no access of any kind', async () => {
    const { installation, events } = world;
    const cookie = `backstage-auth=${installation.userToken()}`;
    for (const path of ['/view', '/private', '/users', '/calls']) {
      expect(await world.send({ path, headers: { cookie } })).toMatchObject({ status: 401 });
    }
    expect(events.map(({ type }) => type)).not.toContain('verified');
  });
});

describe('what a signature covers', () => {
  it.each([
    ['limited', 'full', USER],
    ['limited', 'untyped', undefined],
  ])('TYP-05 a %s token with the type of a %s one has no signature', async (_, __, typ) => {
    const it = new Installation({ auth: { acceptUntypedUserTokens: true } });
    const auth = await it.plugin();
    const { header, payload, signature } = decode(it.limitedUserToken());
    const renamed = `${segment({ ...header, typ })}.${segment(payload)}.${signature}`;
    await expect(auth.authenticate(renamed, { allowLimitedAccess: true })).rejects.toMatchObject(
      illegalToken(typ === undefined ? 'AUTH_TOKEN_TYPE_UNKNOWN' : 'AUTH_SIGNATURE_INVALID'),
    );
    // With the other claims of the user token around the same proof, in whatever order.
    const { uip: _uip, ...claims } = decode(it.userToken()).payload;
    for (const members of [claims, { ...payload, aud: 'backstage' }]) {
      await expect(
        auth.authenticate(`${segment({ ...header, typ })}.${segment(members)}.${signature}`),
      ).rejects.toMatchObject(illegalToken('AUTH_SIGNATURE_INVALID'));
    }
  });
});

describe('whose keys verify', () => {
  it('TYP-06 those of plugins no user token, and those of users no plugin token', async () => {
    const it = new Installation();
    const auth = await it.plugin();
    const { now, catalogKey, userKey } = it;
    const times = { iat: now, exp: now + 60 };
    const plugin = { sub: 'catalog', aud: 'scaffolder', ...times };
    const user = { sub: JANE, aud: 'backstage', ...times };
    const renamed: Array<[string, object, typeof catalogKey, string]> = [
      [PLUGIN, user, userKey, 'AUTH_CLAIM_INVALID'],
      [PLUGIN, { ...plugin, sub: 'auth' }, userKey, 'AUTH_KEY_UNKNOWN'],
      [PLUGIN, plugin, userKey, 'AUTH_KEY_UNKNOWN'],
      [USER, plugin, catalogKey, 'AUTH_KEY_UNKNOWN'],
      [USER, user, catalogKey, 'AUTH_KEY_UNKNOWN'],
      [LIMITED, user, catalogKey, 'AUTH_KEY_UNKNOWN'],
    ];
    for (const [typ, claims, key, code] of renamed) {
      const { kid, alg } = key.signing;
      const token = forge({ typ, alg, kid }, claims, key.signing);
      await expect(auth.authenticate(token, { allowLimitedAccess: true })).rejects.toMatchObject({
        code,
      });
      // Under the id of a key that the other has.
      const other = key === userKey ? catalogKey : userKey;
      const posing = forge({ typ, alg, kid: other.signing.kid }, claims, key.signing);
      await expect(auth.authenticate(posing, { allowLimitedAccess: true })).rejects.toMatchObject({
        name: 'AuthenticationError',
        message: 'Illegal token',
      });
    }
  });

  it('TYP-08 of the plugin `auth` its plugin keys and its user keys, each for its own', async () => {
    const it = new Installation();
    const asPlugin = createKey('one-id');
    const asIssuer = createKey('one-id');
    const sets: Record<string, unknown> = {
      '/api/auth/.backstage/auth/v1/jwks.json': asPlugin.jwk,
      '/api/auth/.well-known/jwks.json': asIssuer.jwk,
    };
    it.network.answer = url => Response.json({ keys: [sets[new URL(url).pathname]] });
    const auth = await it.plugin();
    const header = { kid: 'one-id' };
    const own = it.pluginToken({ sub: 'auth' }, header, asPlugin);
    expect(await auth.authenticate(own)).toMatchObject({ principal: { subject: 'plugin:auth' } });
    const user = it.userToken({}, header, asIssuer);
    expect(await auth.authenticate(user)).toMatchObject({ principal: { userEntityRef: JANE } });
    for (const token of [
      it.pluginToken({ sub: 'auth' }, header, asIssuer),
      it.userToken({}, header, asPlugin),
      it.limitedUserToken({}, header, asPlugin),
    ]) {
      await expect(auth.authenticate(token, { allowLimitedAccess: true })).rejects.toMatchObject(
        illegalToken('AUTH_SIGNATURE_INVALID'),
      );
    }
  });
});

describe('a token without a type', () => {
  const untyped = (it: Installation, without?: string) => {
    const claims = { sub: JANE, aud: 'backstage', iat: it.now, exp: it.now + 60 };
    const kept = Object.entries(claims).filter(([name]) => name !== without);
    return forge({ alg: 'ES256', kid: 'user-key' }, Object.fromEntries(kept), it.userKey.signing);
  };

  it('TYP-09 is no user token by default', async () => {
    const it = new Installation();
    await expect((await it.plugin()).authenticate(untyped(it))).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_TYPE_UNKNOWN'),
    );
    expect(it.network.requests).toEqual([]);
  });

  it('TYP-09 is one where that is configured, with all that a user token needs', async () => {
    const it = new Installation({ auth: { acceptUntypedUserTokens: true } });
    const auth = await it.plugin();
    expect(await auth.authenticate(untyped(it))).toMatchObject({
      principal: { userEntityRef: JANE },
    });
    for (const claim of ['sub', 'iat', 'exp']) {
      await expect(auth.authenticate(untyped(it, claim))).rejects.toMatchObject(
        illegalToken('AUTH_CLAIM_INVALID'),
      );
    }
  });
});

describe('an operator who takes the auth plugin for a third party', () => {
  it('TYP-10 turns no token of the backend into an external caller', async () => {
    const entry = {
      type: 'jwks',
      options: {
        url: 'http://backend/api/auth/.well-known/jwks.json?external',
        dangerouslyAllowAnyIssuer: true,
        dangerouslyAllowAnyAudience: true,
      },
    };
    const it = new Installation({ auth: { externalAccess: [entry] } });
    const auth = await it.plugin();
    expect(await auth.authenticate(it.userToken())).toMatchObject({
      principal: { type: 'user', userEntityRef: JANE },
    });
    for (const token of [
      it.limitedUserToken(),
      it.userToken({ exp: it.now }),
      it.userToken({}, { kid: 'unknown' }),
      it.pluginToken({}, { kid: 'user-key' }, it.userKey),
    ]) {
      await expect(auth.authenticate(token)).rejects.toMatchObject({ name: 'AuthenticationError' });
    }
    expect(it.network.requests.map(({ url }) => url)).not.toContain(entry.options.url);
  });
});

describe('a static token that looks like a JWT', () => {
  const key = createKey('key');
  const claims = { iss: 'https://idp.example', aud: 'backend', sub: 'x', iat: 0, exp: 4102444800 };
  const real = forge({ alg: 'ES256', kid: 'key' }, claims, key.signing);

  it.each([
    ['three segments', 'aaaaaa.b.c'],
    ['a token that a third party signed', real],
  ])('TYP-12 is a static token first, on every replica: %s', async (_, token) => {
    const idp = new ThirdParty();
    const statics = { type: 'static', options: { token, subject: 'ci' } };
    for (const externalAccess of [
      [statics, idp.entry()],
      [idp.entry(), statics],
    ]) {
      const it = new Installation({ auth: { externalAccess } });
      const auth = await it.plugin();
      expect(await auth.authenticate(token)).toMatchObject({ principal: { subject: 'ci' } });
      expect(it.network.requests).toEqual([]);
      const last = token.at(-1) === 'A' ? 'B' : 'A';
      await expect(auth.authenticate(`${token.slice(0, -1)}${last}`)).rejects.toMatchObject({
        name: 'AuthenticationError',
        message: 'Illegal token',
      });
    }
  });

  it('TYP-12 is never one if it says to be a plugin’s or a user’s: these are verified as such', async () => {
    const it = new Installation();
    for (const [typ, code] of [
      [PLUGIN, 'AUTH_KEY_UNKNOWN'],
      [USER, 'AUTH_KEY_UNKNOWN'],
      [LIMITED, 'AUTH_KEY_UNKNOWN'],
    ] as const) {
      const token = it.pluginToken({}, { typ, kid: 'nobodys' });
      const externalAccess = [{ type: 'static', options: { token, subject: 'ci' } }];
      const backend = createAuthBackend({
        config: { backend: { auth: { externalAccess } } },
        discovery: {
          getBaseUrl: async id => `http://backend/api/${id}`,
          getExternalBaseUrl: async id => `https://example.com/api/${id}`,
        },
        fetch: it.network.fetch,
        clock: it.clock,
        logger: it.logger,
      });
      const auth = await backend.forPlugin('scaffolder');
      await expect(auth.authenticate(token)).rejects.toMatchObject(illegalToken(code));
    }
  });
});
