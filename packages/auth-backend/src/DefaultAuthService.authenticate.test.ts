import type { BackstageServicePrincipal, BackstageUserPrincipal } from '@stagepass/auth-node';
import { viewCredentials } from '@stagepass/auth-node/internal';
import { user } from './testing/credentialFixtures';
import { externalAccess, Installation, JANE, STATIC_TOKEN } from './testing/Installation';
import { rejectionOf } from './testing/refusals';

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
    expect(credentials).toHaveProperty('token', token);
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
    const limitedRefused = {
      name: 'AuthenticationError',
      code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
      message: 'Illegal limited user token',
    };
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

  it('RST-02 a restricted static token: whoever writes into its credentials lifts nothing', async () => {
    const accessRestrictions = [{ plugin: 'scaffolder', permission: ['a.read'] }];
    const installation = new Installation({
      auth: { externalAccess: [{ ...externalAccess[0]!, accessRestrictions }] },
    });
    const auth = await installation.plugin();
    const { principal, allAccessRestrictions } = viewCredentials(
      await auth.authenticate(STATIC_TOKEN),
    );
    (principal as BackstageServicePrincipal).accessRestrictions?.permissionNames?.push('a.write');
    allAccessRestrictions?.set('search', {});
    expect(await auth.authenticate(STATIC_TOKEN)).toMatchObject({
      principal: { subject: 'ci', accessRestrictions: { permissionNames: ['a.read'] } },
    });
    const other = await installation.plugin('search');
    expect(await rejectionOf(other.authenticate(STATIC_TOKEN))).toMatchObject({
      code: 'AUTH_ACCESS_RESTRICTED',
    });
  });

  it('hands out credentials of their own to each call', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const token = installation.userToken();
    const first = await auth.authenticate(token);
    first.expiresAt?.setTime(0);
    expect(() => {
      (first.principal as BackstageUserPrincipal).userEntityRef = 'user:default/admin';
    }).toThrow(TypeError);
    first.principal = { type: 'user', userEntityRef: 'user:default/admin' };
    const expiresAt = new Date((installation.now + 3600) * 1000);
    expect(await auth.authenticate(token)).toMatchObject({ ...user(), expiresAt });
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
