import type { BackstageCredentials } from '@stagepass/auth-node';
import { issue, revive, service, user } from './testing/credentialFixtures';
import { Installation, JANE } from './testing/Installation';
import { illegalToken } from './testing/refusals';
import { decode } from './testing/tokenFixtures';

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
    ['', 'a string of 0 characters'],
    [1, 'a number'],
    [null, 'null'],
    ['not base64url!', 'a string of 14 characters'],
  ])('refuses a user token with the identity proof %j', async (uip, found) => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = (await auth.authenticate(installation.userToken({ uip }))) as never;
    await expect(auth.getLimitedUserToken(credentials)).rejects.toMatchObject({
      ...illegalToken('AUTH_CLAIM_INVALID'),
      reason: `claim uip: expected the identity proof of the user, in base64url (the auth plugin issues it), found ${found}`,
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
