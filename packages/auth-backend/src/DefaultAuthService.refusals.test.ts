import { externalAccess, Installation, JANE, STATIC_TOKEN } from './testing/Installation';
import { createKey } from './testing/keyFixtures';
import { illegalToken, keysUnavailable, rejectionOf } from './testing/refusals';
import type { ExternalTokenHandler } from './tokens/external/ExternalTokenHandler';

describe('authenticate refuses', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a number', 1],
    ['an object', {}],
    ['a list', [STATIC_TOKEN]],
    ['a text that is no token', 'x'],
    ['a segment too few', 'a.b'],
    ['an encrypted token', 'a.b.c.d.e'],
    ['a name that every object has', '__proto__'],
    ['a token around which there is white space', ` ${STATIC_TOKEN}`],
    ['too much', 'x'.repeat(8 * 1024 * 1024)],
    ['too many dots', '.'.repeat(1_000_000)],
  ])('%s, without asking anybody', async (_, token) => {
    const seen: string[] = [];
    const handler: ExternalTokenHandler<unknown> = {
      type: 'custom',
      initialize: () => undefined,
      verifyToken: async it => void seen.push(it),
    };
    const installation = new Installation({
      auth: { externalAccess: [...externalAccess, { type: 'custom', options: {} }] },
      externalTokenHandlers: [handler],
    });
    const auth = await installation.plugin();
    const error = await rejectionOf(auth.authenticate(token as string));
    expect(error).toMatchObject(illegalToken('AUTH_TOKEN_MALFORMED'));
    expect(error.reason).toMatch(/^the token is not a well-formed JWS: [\x20-\x7e]{1,200}$/);
    expect(installation.network.requests).toEqual([]);
    // A handler is only shown what can be a token.
    for (const shown of seen) expect(typeof shown).toBe('string');
    for (const shown of seen) expect(shown.length).toBeLessThanOrEqual(32_768);
  });

  it('critical headers, nested ever so deeply', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const tower = `${'['.repeat(11_000)}${']'.repeat(11_000)}`;
    const header = Buffer.from(`{"alg":"ES256","crit":${tower}}`).toString('base64url');
    await expect(auth.authenticate(`${header}.e30.AA`)).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_MALFORMED'),
    );
    const payload = Buffer.from(`{"sub":${tower}}`).toString('base64url');
    const [head, , signature] = installation.pluginToken().split('.');
    await expect(auth.authenticate(`${head}.${payload}.${signature}`)).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_MALFORMED'),
    );
  });

  it.each<[string, object, string]>([
    ['no type', { typ: undefined }, 'null'],
    ['the type JWT', { typ: 'JWT' }, '"JWT"'],
    ['the type in capitals', { typ: 'VND.BACKSTAGE.USER' }, '"VND.BACKSTAGE.USER"'],
    [
      'the type as a media type',
      { typ: 'application/vnd.backstage.plugin' },
      '"application/vnd.backstage.plugin"',
    ],
    ['a type of every object', { typ: 'constructor' }, '"constructor"'],
    [
      'a type to confuse the log',
      { typ: 'x\r\n[error] y\u001b[0m' },
      '"x\\r\\n[error] y\\u001b[0m"',
    ],
  ])('a token of %s, though the auth plugin or a plugin signed it', async (_, header, found) => {
    const installation = new Installation();
    const auth = await installation.plugin();
    for (const token of [
      installation.userToken({}, header),
      installation.pluginToken({}, header),
    ]) {
      await expect(auth.authenticate(token)).rejects.toMatchObject({
        ...illegalToken('AUTH_TOKEN_TYPE_UNKNOWN'),
        reason: expect.stringContaining(
          `backend.auth.externalAccess accepts; found typ ${found}, alg "ES256", kid "`,
        ) as unknown,
      });
    }
    expect(installation.network.requests).toEqual([]);
  });

  it('user tokens signed by a plugin, and plugin tokens signed by the auth plugin', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const { catalogKey, userKey } = installation;
    const kidOfOther = [
      installation.userToken({}, { kid: 'catalog-key' }, catalogKey),
      installation.pluginToken({}, { kid: 'user-key' }, userKey),
      installation.pluginToken({ sub: 'auth' }, { kid: 'user-key' }, userKey),
      installation.limitedUserToken({}, { kid: 'catalog-key' }, catalogKey),
    ];
    for (const token of kidOfOther) {
      await expect(auth.authenticate(token, { allowLimitedAccess: true })).rejects.toMatchObject(
        illegalToken('AUTH_KEY_UNKNOWN'),
      );
    }
    const kidOfOwn = [
      installation.userToken({}, {}, catalogKey),
      installation.pluginToken({}, {}, userKey),
    ];
    for (const token of kidOfOwn) {
      await expect(auth.authenticate(token)).rejects.toMatchObject(
        illegalToken('AUTH_SIGNATURE_INVALID'),
      );
    }
  });

  it('a limited token that calls itself a full one', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const limited = installation.limitedUserToken().split('.');
    const full = installation.userToken().split('.');
    const renamed = [full[0], limited[1], limited[2]].join('.');
    await expect(auth.authenticate(renamed)).rejects.toMatchObject(
      illegalToken('AUTH_SIGNATURE_INVALID'),
    );
  });

  it.each<[string, (it: Installation) => unknown, string]>([
    ['a full user token', it => it.userToken(), 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['a plugin token', it => it.pluginToken(), 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['a static token', () => STATIC_TOKEN, 'AUTH_TOKEN_MALFORMED'],
    ['garbage', () => 'a.b.c', 'AUTH_TOKEN_MALFORMED'],
    ['20 kB of garbage', () => 'x'.repeat(20_000), 'AUTH_TOKEN_MALFORMED'],
    [
      'an expired limited token',
      it => it.limitedUserToken({ iat: it.now - 9, exp: it.now }),
      'AUTH_TOKEN_EXPIRED',
    ],
    [
      'the limited token of another installation',
      it => it.limitedUserToken({}, {}, createKey('user-key')),
      'AUTH_SIGNATURE_INVALID',
    ],
    [
      'a limited token with another end',
      it => {
        const [header, , signature] = it.limitedUserToken().split('.');
        return [header, it.limitedUserToken({ exp: it.now + 3601 }).split('.')[1], signature].join(
          '.',
        );
      },
      'AUTH_SIGNATURE_INVALID',
    ],
    ['nothing', () => '', 'AUTH_CLAIM_INVALID'],
    ['null', () => null, 'AUTH_CLAIM_INVALID'],
    ['false', () => false, 'AUTH_CLAIM_INVALID'],
    ['a list', it => [it.limitedUserToken()], 'AUTH_CLAIM_INVALID'],
  ])('a plugin token on behalf of %s', async (_, oboOf, code) => {
    const installation = new Installation({ auth: { externalAccess } });
    const auth = await installation.plugin();
    const token = installation.pluginToken({ obo: oboOf(installation) });
    for (const allowLimitedAccess of [false, true]) {
      await expect(auth.authenticate(token, { allowLimitedAccess })).rejects.toMatchObject(
        illegalToken(code as 'AUTH_CLAIM_INVALID'),
      );
    }
  });

  it.each<[unknown]>([[undefined], [null], [''], [' '], [1], [[JANE]], [{}], ['x'.repeat(1025)]])(
    'a user token with the sub %j',
    async sub => {
      const installation = new Installation();
      const auth = await installation.plugin();
      const token = installation.userToken({ sub, uip: 'AA' });
      await expect(auth.authenticate(token)).rejects.toMatchObject({
        ...illegalToken('AUTH_CLAIM_INVALID'),
        reason: expect.stringMatching(
          /^claim sub: expected a string of 1 to 1024 characters, found /,
        ) as unknown,
      });
    },
  );

  it('keeps the user as the token names it, byte for byte', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    for (const sub of [
      'User:Default/JANE',
      'user:default/ısı',
      'user:default/jose\u0301',
      'no ref',
    ]) {
      expect(await auth.authenticate(installation.userToken({ sub }))).toMatchObject({
        principal: { type: 'user', userEntityRef: sub },
      });
    }
  });

  it('nobody for good while keys cannot be had: that is not the fault of the caller', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    installation.network.goDown();
    const error = await rejectionOf(auth.authenticate(installation.userToken()));
    expect(error).toMatchObject(keysUnavailable);
    expect(JSON.stringify(error)).toBe(
      '{"name":"ServiceUnavailableError","message":"Credentials cannot be verified at the moment"}',
    );
  });

  it('with the same answer for all that is wrong with a token', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const { now } = installation;
    const bodies = new Set<string>();
    for (const token of [
      'x',
      'x'.repeat(40_000),
      `${installation.pluginToken()}x`,
      installation.pluginToken({ aud: 'other' }),
      installation.pluginToken({ iat: now - 2, exp: now - 1 }),
      installation.pluginToken({ iat: now + 999 }),
      installation.pluginToken({}, { kid: 'other' }),
      installation.pluginToken({}, { alg: 'none' }),
      installation.pluginToken({ sub: 'unknown' }),
      installation.pluginToken({}, {}, createKey('catalog-key')),
      installation.userToken({ exp: now }),
      installation.userToken({}, { typ: 'JWT' }),
    ]) {
      bodies.add(JSON.stringify(await rejectionOf(auth.authenticate(token))));
    }
    expect([...bodies]).toEqual(['{"name":"AuthenticationError","message":"Illegal token"}']);
  });
});
