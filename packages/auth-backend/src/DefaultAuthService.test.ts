import { inspect } from 'node:util';
import type {
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@stagepass/auth-node';
import { createKey } from './testing/keyFixtures';
import { Installation, JANE } from './testing/Installation';
import { illegalToken, keysUnavailable, rejectionOf } from './testing/refusals';
import { decode } from './testing/tokenFixtures';
import type { ExternalTokenHandler } from './tokens/external/ExternalTokenHandler';

const STATIC_TOKEN = 'canary-static-token';
const externalAccess = [{ type: 'static', options: { token: STATIC_TOKEN, subject: 'ci' } }];

const user = (claims: object = {}) => ({
  principal: { type: 'user', userEntityRef: JANE, ...claims },
});
const service = (subject: string) => ({ principal: { type: 'service', subject } });
const limitedRefused = {
  name: 'AuthenticationError',
  code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
  message: 'Illegal limited user token',
};

/** Goes the way of credentials that a task stores and takes up again. */
function revive(credentials: BackstageCredentials): BackstageCredentials<BackstageUserPrincipal> {
  const { token } = credentials as unknown as { token?: string };
  return JSON.parse(JSON.stringify({ ...credentials, token })) as never;
}

function issue(auth: AuthService, onBehalfOf: BackstageCredentials, targetPluginId = 'catalog') {
  return auth.getPluginRequestToken({ onBehalfOf, targetPluginId }).then(({ token }) => token);
}

describe('authenticate', () => {
  it('a plugin token: the plugin that calls', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = await auth.authenticate(installation.pluginToken());
    expect(credentials).toEqual({
      $$type: '@backstage/BackstageCredentials',
      version: 'v1',
      principal: { type: 'service', subject: 'plugin:catalog' },
    });
    expect(String(credentials)).toBe('backstageCredentials{servicePrincipal{plugin:catalog}}');
    expect(credentials).not.toHaveProperty('token');
  });

  it('a user token: the user', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const token = installation.userToken({ ent: ['group:default/a'] });
    const credentials = await auth.authenticate(token);
    expect(credentials).toEqual({
      $$type: '@backstage/BackstageCredentials',
      version: 'v1',
      expiresAt: new Date((installation.now + 3600) * 1000),
      principal: { type: 'user', userEntityRef: JANE },
    });
    expect(Object.keys(credentials)).not.toContain('token');
    expect(Object.getOwnPropertyDescriptor(credentials, 'token')).toMatchObject({
      value: token,
      enumerable: false,
    });
  });

  it('a plugin token on behalf of a user: the user, with the plugin as actor and the earlier end', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const obo = installation.limitedUserToken({ exp: installation.now + 60 });
    const credentials = await auth.authenticate(installation.pluginToken({ obo }));
    expect(credentials).toMatchObject({
      ...user({ actor: { type: 'service', subject: 'plugin:catalog' } }),
      expiresAt: new Date((installation.now + 60) * 1000),
    });
    expect((credentials as { token?: string }).token).toBe(obo);
    expect(String(credentials)).toBe(
      `backstageCredentials{userPrincipal{${JANE},actor={servicePrincipal{plugin:catalog}}}}`,
    );
  });

  it('a limited user token: the user, where limited access is allowed and nowhere else', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const token = installation.limitedUserToken();
    const credentials = await auth.authenticate(token, { allowLimitedAccess: true });
    expect(credentials).toMatchObject(user());
    for (const options of [
      undefined,
      {},
      { allowLimitedAccess: false },
      { allowLimitedAccess: 'yes' as never },
    ]) {
      await expect(auth.authenticate(token, options)).rejects.toMatchObject({
        ...limitedRefused,
        reason:
          'a limited user token, as in the cookie, is not accepted here; send the user token, or allow limited access',
      });
    }
  });

  it('a static token: the configured subject', async () => {
    const installation = new Installation({ auth: { externalAccess } });
    const auth = await installation.plugin();
    expect(await auth.authenticate(STATIC_TOKEN)).toEqual({
      $$type: '@backstage/BackstageCredentials',
      version: 'v1',
      principal: { type: 'service', subject: 'ci' },
    });
  });

  it('a restricted static token: what it may do here, and hidden what elsewhere', async () => {
    const accessRestrictions = [
      { plugin: 'scaffolder', permission: 'a.read' },
      { plugin: 'search' },
    ];
    const installation = new Installation({
      auth: { externalAccess: [{ ...externalAccess[0]!, accessRestrictions }] },
    });
    const auth = await installation.plugin();
    const credentials = await auth.authenticate(STATIC_TOKEN);
    expect(credentials).toMatchObject({
      principal: { subject: 'ci', accessRestrictions: { permissionNames: ['a.read'] } },
    });
    expect(JSON.stringify(credentials)).not.toContain('search');
    expect(String(credentials)).toMatch(
      /^backstageCredentials\{servicePrincipal\{ci,accessRestrictions=[\w+/]{43}\}\}$/,
    );
    const other = await installation.plugin('events');
    await expect(other.authenticate(STATIC_TOKEN)).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_ACCESS_RESTRICTED',
      message: 'Access to this plugin is restricted',
    });
  });

  it('hands out credentials of their own to each call', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const token = installation.userToken();
    const first = await auth.authenticate(token);
    (first.principal as BackstageUserPrincipal).userEntityRef = 'user:default/admin';
    expect(await auth.authenticate(token)).toMatchObject(user());
  });
});

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
        reason: `the token is of type ${found}, neither a plugin's nor a user's, and no entry of backend.auth.externalAccess accepts it`,
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

describe('getPluginRequestToken', () => {
  it('speaks for the plugin itself', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const own = await auth.getOwnServiceCredentials();
    expect(own).toMatchObject(service('plugin:scaffolder'));
    const token = await issue(auth, own, 'search');
    expect(decode(token).payload).toMatchObject({ sub: 'scaffolder', aud: 'search' });
    expect(decode(token).payload).not.toHaveProperty('obo');
    const search = await installation.plugin('search');
    expect(await search.authenticate(token)).toMatchObject(service('plugin:scaffolder'));
    expect(installation.network.requests).toEqual([]);
  });

  it('speaks for the user, hop by hop, and ends with the user’s token', async () => {
    const installation = new Installation();
    const plugins = await Promise.all(['a', 'b', 'c', 'd'].map(id => installation.plugin(id)));
    let credentials = await plugins[0]!.authenticate(
      installation.userToken({ exp: installation.now + 100 }),
    );
    const { token: obo } = await plugins[0]!.getLimitedUserToken(credentials as never);
    for (const [hop, next] of ['b', 'c', 'd'].entries()) {
      const token = await issue(plugins[hop]!, credentials, next);
      expect(decode(token).payload).toEqual({
        sub: 'abc'[hop],
        aud: next,
        iat: installation.now,
        exp: installation.now + 100,
        obo,
      });
      credentials = await plugins[hop + 1]!.authenticate(token);
      expect(credentials).toMatchObject(
        user({ actor: { type: 'service', subject: `plugin:${'abc'[hop]}` } }),
      );
    }
    installation.clock.advance(100_000);
    await expect(issue(plugins[3]!, credentials, 'a')).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_EXPIRED'),
    );
  });

  it('passes on the user that another plugin acts for, and names itself as the actor', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const obo = installation.limitedUserToken();
    const credentials = await auth.authenticate(installation.pluginToken({ obo }));
    const token = await issue(auth, credentials, 'search');
    expect(decode(token).payload).toMatchObject({ sub: 'scaffolder', obo });
    const search = await installation.plugin('search');
    expect(await search.authenticate(token)).toMatchObject(
      user({ actor: { type: 'service', subject: 'plugin:scaffolder' } }),
    );
  });

  it.each<[unknown, string]>([
    ['', '""'],
    ['../x', '"../x"'],
    ['a b', '"a b"'],
    ['x'.repeat(300), `"${'x'.repeat(196)}...`],
    [['catalog'], '["catalog"]'],
  ])('refuses the target %j', async (targetPluginId, found) => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const own = await auth.getOwnServiceCredentials();
    await expect(issue(auth, own, targetPluginId as string)).rejects.toMatchObject({
      name: 'InputError',
      message: `Invalid targetPluginId, expected letters, digits, '-' and '_', found ${found}`,
    });
    expect(installation.events).toEqual([]);
  });

  it('refuses who is nobody, unless the default policy is off', async () => {
    const strict = await new Installation().plugin();
    await expect(issue(strict, await strict.getNoneCredentials())).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CREDENTIALS_MISSING',
      message: "Refused to issue service token for credential type 'none'",
      reason:
        'no token can be issued on behalf of a "none" principal; pass the credentials of a user or a service',
    });
    const open = await new Installation({
      auth: { dangerouslyDisableDefaultAuthPolicy: true },
    }).plugin();
    expect(await issue(open, await open.getNoneCredentials())).toBe('');
    await expect(open.authenticate('')).rejects.toMatchObject(illegalToken('AUTH_TOKEN_MALFORMED'));
  });

  it.each<[unknown, string]>([
    [undefined, 'Invalid credential type'],
    [null, 'Invalid credential type'],
    ['token', 'Invalid credential type'],
    [{}, 'Invalid credential type'],
    [{ $$type: '@backstage/BackstageCredentials' }, 'Invalid credential version undefined'],
    [
      { $$type: '@backstage/BackstageCredentials', version: 'v1' },
      'Invalid credentials, expected a principal with a type',
    ],
    [
      {
        $$type: '@backstage/BackstageCredentials',
        version: 'v1',
        principal: { type: ['service'] },
      },
      'Invalid credentials, expected a principal with a type',
    ],
  ])('takes no credentials for %j', async (credentials, message) => {
    const auth = await new Installation().plugin();
    await expect(issue(auth, credentials as BackstageCredentials)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CREDENTIALS_MISSING',
      message,
      reason: `${message}; pass credentials as an auth service or request service returned them`,
    });
  });

  it('refuses a principal of no known type', async () => {
    const auth = await new Installation().plugin();
    const credentials = {
      ...(await auth.getOwnServiceCredentials()),
      principal: { type: '__proto__' },
    };
    await expect(issue(auth, credentials)).rejects.toMatchObject({
      code: 'AUTH_CREDENTIALS_MISSING',
      message: "Refused to issue service token for credential type '__proto__'",
    });
  });

  describe('for a restricted caller', () => {
    async function setUp(...accessRestrictions: object[]) {
      const installation = new Installation({
        auth: {
          externalAccess: [
            {
              ...externalAccess[0]!,
              accessRestrictions: [{ plugin: 'scaffolder' }, ...accessRestrictions],
            },
          ] as never,
        },
      });
      const auth = await installation.plugin();
      return { installation, auth, credentials: await auth.authenticate(STATIC_TOKEN) };
    }

    it('speaks to a plugin that the caller may use without limits', async () => {
      const { auth, credentials } = await setUp({ plugin: 'catalog' });
      const { payload } = decode(await issue(auth, credentials));
      expect(payload).toMatchObject({ sub: 'scaffolder', aud: 'catalog' });
    });

    it.each(['search', '__proto__', 'Catalog'])(
      'does not speak to %s, which it may not use',
      async target => {
        const { auth, credentials, installation } = await setUp({ plugin: 'catalog' });
        const error = await rejectionOf(issue(auth, credentials, target));
        expect(error).toMatchObject({
          name: 'NotAllowedError',
          code: 'AUTH_DELEGATION_NOT_ALLOWED',
          message: 'This call may not be made for its caller',
          reason: `the access restrictions of "ci" do not include the plugin "${target}"`,
        });
        expect(installation.events.at(-1)).toMatchObject({ type: 'refused', reason: error.reason });
      },
    );

    it.each([
      [{ permission: 'catalog.entity.read' }],
      [{ permissionAttribute: { action: 'read' } }],
    ])('does not speak to a plugin in which it is held to %j', async limits => {
      const { auth, credentials } = await setUp({ plugin: 'catalog', ...limits });
      await expect(issue(auth, credentials)).rejects.toMatchObject({
        name: 'NotAllowedError',
        code: 'AUTH_DELEGATION_NOT_ALLOWED',
        message: 'This call may not be made for its caller',
        reason:
          'the access of "ci" to the plugin "catalog" is limited to some permissions and cannot be delegated',
      });
    });
  });
});

describe('getLimitedUserToken', () => {
  it('returns the limited form of the user’s token, with its end', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = (await auth.authenticate(installation.userToken())) as never;
    const { token, expiresAt } = await auth.getLimitedUserToken(credentials);
    expect(expiresAt).toEqual(new Date((installation.now + 3600) * 1000));
    expect(decode(token)).toMatchObject({
      header: { typ: 'vnd.backstage.limited-user', alg: 'ES256', kid: 'user-key' },
      payload: { sub: JANE, iat: installation.now, exp: installation.now + 3600 },
    });
    const limited = await auth.authenticate(token, { allowLimitedAccess: true });
    expect(limited).toMatchObject(user());
    expect(await auth.getLimitedUserToken(limited as never)).toEqual({ token, expiresAt });
  });

  it.each<[unknown, string]>([
    [undefined, 'none'],
    ['', '""'],
    [1, '1'],
    [null, 'null'],
    ['not base64url!', '"not base64url!"'],
  ])('refuses a user token with the identity proof %j', async (uip, found) => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = (await auth.authenticate(installation.userToken({ uip }))) as never;
    await expect(auth.getLimitedUserToken(credentials)).rejects.toMatchObject({
      ...illegalToken('AUTH_CLAIM_INVALID'),
      reason: `claim uip: expected the identity proof of the user (the auth plugin issues it), found ${found}`,
    });
  });

  it('makes of a wrong identity proof a token that nobody accepts', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const { now } = installation;
    const proofs = [
      'AA',
      'A'.repeat(86),
      'A'.repeat(87),
      installation.limitedUserToken({ sub: 'user:default/admin' }).split('.')[2],
      installation.limitedUserToken({ exp: now + 3601 }).split('.')[2],
    ];
    for (const uip of proofs) {
      const credentials = (await auth.authenticate(installation.userToken({ uip }))) as never;
      const { token } = await auth.getLimitedUserToken(credentials);
      await expect(auth.authenticate(token, { allowLimitedAccess: true })).rejects.toMatchObject({
        name: 'AuthenticationError',
        message: 'Illegal token',
      });
    }
  });

  it('refuses whom no token proved', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const own = await auth.getOwnServiceCredentials();
    await expect(auth.getLimitedUserToken(own as never)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CREDENTIALS_MISSING',
      message: "Refused to issue limited user token for credential type 'service'",
      reason:
        'expected the credentials of a user with their token, found those of a "service" principal without a token',
    });
    await expect(
      auth.getLimitedUserToken((await auth.getNoneCredentials()) as never),
    ).rejects.toMatchObject({
      code: 'AUTH_CREDENTIALS_MISSING',
      message: "Refused to issue limited user token for credential type 'none'",
    });
    const { token: _token, ...rest } = revive(
      await auth.authenticate(installation.userToken()),
    ) as never as Record<string, unknown>;
    await expect(auth.getLimitedUserToken(rest as never)).rejects.toMatchObject({
      code: 'AUTH_CREDENTIALS_MISSING',
      message: 'User credentials is unexpectedly missing token',
    });
  });

  it('refuses credentials that have ended', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = (await auth.authenticate(installation.userToken())) as never;
    installation.clock.advance({ hours: 1 });
    await expect(auth.getLimitedUserToken(credentials)).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_EXPIRED'),
    );
  });
});

describe('credentials out of JSON', () => {
  it('of a user work by the token in them', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const stored = revive(await auth.authenticate(installation.userToken()));
    expect(typeof stored.expiresAt).toBe('string');
    const { payload } = decode(await issue(auth, stored));
    expect(payload.obo).toBe((await auth.getLimitedUserToken(stored)).token);
    expect(installation.events.at(-1)).toEqual({
      type: 'issued',
      pluginId: 'scaffolder',
      targetPluginId: 'catalog',
      principal: `{"type":"user","userEntityRef":"${JANE}"}`,
    });
  });

  it('of a user whom another plugin acts for work too', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const obo = installation.limitedUserToken();
    const stored = revive(await auth.authenticate(installation.pluginToken({ obo })));
    expect(decode(await issue(auth, stored)).payload.obo).toBe(obo);
  });

  it('that name another user than their token are refused', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const stored = revive(await auth.authenticate(installation.userToken()));
    for (const userEntityRef of ['user:default/admin', 'User:default/jane', undefined, null, {}]) {
      const changed = { ...stored, principal: { type: 'user', userEntityRef } };
      for (const call of [issue(auth, changed), auth.getLimitedUserToken(changed as never)]) {
        await expect(call).rejects.toMatchObject({
          ...illegalToken('AUTH_CLAIM_INVALID'),
          reason: `the stored credentials name another user than their token, which is "${JANE}"'s`,
        });
      }
    }
  });

  it.each<[string, (it: Installation) => unknown, string]>([
    ['forged', it => it.userToken({}, {}, createKey('user-key')), 'AUTH_SIGNATURE_INVALID'],
    ['expired', it => it.userToken({ iat: it.now - 9, exp: it.now - 1 }), 'AUTH_TOKEN_EXPIRED'],
    ['of another kind', it => it.pluginToken({ sub: JANE }), 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['no token', () => 'x', 'AUTH_TOKEN_MALFORMED'],
  ])('are refused if the token in them is %s', async (_, tokenOf, code) => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const stored = revive(await auth.authenticate(installation.userToken()));
    const changed = { ...stored, token: tokenOf(installation) };
    await expect(issue(auth, changed)).rejects.toMatchObject(
      illegalToken(code as 'AUTH_TOKEN_EXPIRED'),
    );
  });

  it('of a service prove nothing, whatever they say of themselves', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const own = await auth.getOwnServiceCredentials();
    const forged: unknown[] = [
      { ...own },
      JSON.parse(JSON.stringify(own)),
      { ...JSON.parse(JSON.stringify(own)), token: installation.userToken() },
      { ...JSON.parse(JSON.stringify(own)), toString: 'backstageCredentials{}' },
    ];
    for (const credentials of forged) {
      await expect(issue(auth, credentials as BackstageCredentials)).rejects.toMatchObject({
        name: 'NotAllowedError',
        code: 'AUTH_DELEGATION_NOT_ALLOWED',
        message: 'This call may not be made for its caller',
        reason:
          'service credentials that come out of JSON prove nothing; use getOwnServiceCredentials, or the credentials of the request',
      });
    }
  });

  it('of a principal that cannot be printed do no harm', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const stored = revive(await auth.authenticate(installation.userToken()));
    const principal = { ...stored.principal, toString: 1, valueOf: 1 };
    await expect(issue(auth, { ...stored, principal })).resolves.toEqual(expect.any(String));
  });
});

describe('what is recorded', () => {
  it('is one event for each token that was verified, issued or refused', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = await auth.authenticate(installation.userToken());
    await issue(auth, credentials);
    const { reason } = await rejectionOf(auth.authenticate(installation.pluginToken({ aud: 'x' })));
    await rejectionOf(auth.getLimitedUserToken((await auth.getNoneCredentials()) as never));
    expect(installation.events).toEqual([
      { type: 'verified', pluginId: 'scaffolder', principal: `userPrincipal{${JANE}}` },
      {
        type: 'issued',
        pluginId: 'scaffolder',
        targetPluginId: 'catalog',
        principal: `userPrincipal{${JANE}}`,
      },
      { type: 'refused', pluginId: 'scaffolder', code: 'AUTH_AUDIENCE_MISMATCH', reason },
      {
        type: 'refused',
        pluginId: 'scaffolder',
        code: 'AUTH_CREDENTIALS_MISSING',
        reason: expect.stringContaining('"none"') as unknown,
      },
    ]);
    expect(installation.logger.entries.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        message: `Refused by the plugin scaffolder: ${reason}`,
        meta: { code: 'AUTH_AUDIENCE_MISMATCH' },
      },
      {
        level: 'warn',
        message: expect.stringMatching(/^Refused by the plugin scaffolder: /) as unknown,
        meta: { code: 'AUTH_CREDENTIALS_MISSING' },
      },
    ]);
  });

  it('is one line, whatever a token says, and not a word of the token', async () => {
    const installation = new Installation({ auth: { externalAccess } });
    const auth = await installation.plugin();
    const evil = 'a\r\n[error] forged\u001b[31m\u2028"}';
    const tokens = [
      installation.pluginToken({ aud: evil }),
      installation.pluginToken({ sub: evil }),
      installation.pluginToken({}, { kid: evil }),
      installation.pluginToken({}, { typ: evil }),
      installation.pluginToken({}, { alg: evil }),
      installation.pluginToken({}, { crit: [evil] }),
      installation.pluginToken({ obo: evil }),
      installation.pluginToken({ aud: 'x'.repeat(10_000) }),
      installation.userToken({ iat: evil }),
      installation.userToken({ canary: 'canary-claim' }, {}, createKey('user-key')),
      `${STATIC_TOKEN}x`,
      evil,
    ];
    const good = [STATIC_TOKEN, installation.userToken({ canary: 'canary-claim' })];
    const errors: string[] = [];
    for (const token of [...tokens, ...good]) {
      const error = await auth.authenticate(token).catch((refusal: unknown) => refusal);
      if (error instanceof Error)
        errors.push(`${inspect(error)} ${(error as never as { reason: string }).reason}`);
    }
    expect(errors).toHaveLength(tokens.length);
    const { lines } = { lines: installation.logger.lines('warn') };
    expect(lines).toHaveLength(tokens.length);
    for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]{1,600}$/);
    const shown = `${installation.traces} ${errors.join(' ')}`;
    for (const secret of [
      STATIC_TOKEN,
      'canary',
      ...[...tokens, ...good].flatMap(it => it.split('.')).filter(part => part.length > 20),
    ]) {
      expect(shown).not.toContain(secret);
    }
  });
});

describe('listPublicServiceKeys', () => {
  it('lists the public keys of the plugin alone, as a copy', async () => {
    const installation = new Installation();
    const [auth, other] = [await installation.plugin(), await installation.plugin('search')];
    const { keys } = await auth.listPublicServiceKeys();
    expect(keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String) as unknown,
        y: expect.any(String) as unknown,
        kid: expect.any(String) as unknown,
        alg: 'ES256',
      },
    ]);
    expect((await other.listPublicServiceKeys()).keys[0]).not.toEqual(keys[0]);
    keys.length = 0;
    expect((await auth.listPublicServiceKeys()).keys).toHaveLength(1);
  });
});

describe('isPrincipal', () => {
  it('tells the kinds of principals apart', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const kinds = {
      none: await auth.getNoneCredentials(),
      service: await auth.getOwnServiceCredentials(),
      user: await auth.authenticate(installation.userToken()),
    };
    for (const [kind, credentials] of Object.entries(kinds)) {
      for (const type of ['none', 'service', 'user'] as const) {
        expect(auth.isPrincipal(credentials, type)).toBe(kind === type);
      }
      expect(auth.isPrincipal(credentials, 'unknown')).toBe(true);
    }
  });
});
