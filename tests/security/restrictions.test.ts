import { permissionsServiceFactory } from '@backstage/backend-defaults/permissions';
import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices, ServiceFactoryTester } from '@backstage/backend-test-utils';
import { createPermission } from '@backstage/plugin-permission-common';
import type {
  AuthService,
  BackstageCredentials,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
} from '@stagepass/auth-node';
import { isPermitted } from '../../examples/standalone/src/plugins/permissions';
import {
  externalAccess,
  Installation,
  JANE,
  STATIC_TOKEN,
} from '../../packages/auth-backend/src/testing/Installation';
import { issue } from '../../packages/auth-backend/src/testing/credentialFixtures';
import { illegalToken } from '../../packages/auth-backend/src/testing/refusals';
import { decode } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { bearer, World } from '../refusals/World';

type Services = BackstageCredentials<BackstageServicePrincipal>;

const restricted = (...accessRestrictions: object[]) => ({
  externalAccess: [{ ...externalAccess[0], accessRestrictions }] as never,
});

describe('a restricted caller', () => {
  it('RST-01 is refused by a plugin that is not listed, and learns of no other', async () => {
    const world = await new World(restricted({ plugin: 'secret-plugin' })).start();
    const answer = await world.send({ headers: bearer(STATIC_TOKEN) });
    await world.stop();
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: { name: 'NotAllowedError', message: 'Access to this plugin is restricted' },
    });
    expect(JSON.stringify(answer)).not.toContain('secret-plugin');
    // Who runs the backend is told.
    expect(world.installation.logger.text).toContain('secret-plugin');
  });

  const scaffolder = { plugin: 'scaffolder' };
  const search = { plugin: 'search', permission: ['search.read'] };

  it('RST-02 stays restricted where a plugin calls another for it, or is not called for', async () => {
    const it = new Installation({ auth: restricted(scaffolder, search) });
    const [first, second] = [await it.plugin('scaffolder'), await it.plugin('search')];
    const caller = await first.authenticate(STATIC_TOKEN);
    const token = await issue(first, caller, 'search');
    expect(decode(token).header.crit).toEqual(['urn:stagepass:access-restrictions']);
    const { principal } = (await second.authenticate(token)) as Services;
    expect(principal).toEqual({
      type: 'service',
      subject: 'plugin:scaffolder',
      accessRestrictions: { permissionNames: ['search.read'] },
    });
    await expect(issue(first, caller, 'catalog')).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_DELEGATION_NOT_ALLOWED',
      message: 'This call may not be made for its caller',
    });
    // A receiver that does not know the header: what is signed and critical cannot be taken out.
    const { header, payload, signature } = decode(token);
    const { crit: _crit, ...uncritical } = header;
    const written = [uncritical, payload].map(part =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    await expect(second.authenticate([...written, signature].join('.'))).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_MALFORMED'),
    );
  });
});

describe('credentials that nobody proved', () => {
  const forge = (principal: object, more: object = {}) =>
    ({ $$type: '@backstage/BackstageCredentials', version: 'v1', principal, ...more }) as never;
  const someService = { type: 'service', subject: 'plugin:catalog' };

  it('RST-04 of a service are refused, for every use', async () => {
    const it = new Installation();
    const auth = await it.plugin();
    for (const credentials of [
      forge(someService),
      forge({ type: 'service', subject: 'plugin:scaffolder' }),
      forge({ ...someService, accessRestrictions: {} }),
      forge(someService, { token: it.pluginToken() }),
      forge(someService, { token: it.userToken() }),
      forge(someService, { allAccessRestrictions: new Map([['catalog', {}]]) }),
    ]) {
      await expect(issue(auth, credentials)).rejects.toMatchObject({
        name: 'NotAllowedError',
        code: 'AUTH_DELEGATION_NOT_ALLOWED',
        message: 'This call may not be made for its caller',
      });
      await expect(auth.getLimitedUserToken(credentials)).rejects.toMatchObject({
        name: 'AuthenticationError',
        code: 'AUTH_CREDENTIALS_MISSING',
      });
      await expect(it.backend.userInfo().getUserInfo(credentials)).rejects.toMatchObject({
        name: 'InputError',
      });
    }
    expect(it.events.map(({ type }) => type)).not.toContain('issued');
  });

  it('RST-04 of a service are taken at their word only where that is configured', async () => {
    const it = new Installation({ auth: { dangerouslyAllowStoredServiceCredentials: true } });
    const token = await issue(await it.plugin(), forge(someService));
    expect(decode(token).payload).toMatchObject({ sub: 'scaffolder', aud: 'catalog' });
  });

  it('RST-04 of a user work by their token alone, which must be the user’s', async () => {
    const it = new Installation();
    const auth = await it.plugin();
    const uses = (userEntityRef: string, token: unknown) => {
      const stored = forge({ type: 'user', userEntityRef }, { token }) as BackstageCredentials;
      return [
        () => issue(auth, stored),
        () => auth.getLimitedUserToken(stored as BackstageCredentials<BackstageUserPrincipal>),
        () => it.backend.userInfo().getUserInfo(stored),
      ];
    };
    const token = it.userToken({ ent: [] });
    for (const use of uses(JANE, token)) await expect(use()).resolves.toBeDefined();
    for (const use of uses('user:default/admin', token)) {
      await expect(use()).rejects.toMatchObject(illegalToken('AUTH_CLAIM_INVALID'));
    }
    for (const use of uses(JANE, undefined)) {
      await expect(use()).rejects.toMatchObject({ code: 'AUTH_CREDENTIALS_MISSING' });
    }
  });
});

describe('permission checks of a restricted caller', () => {
  const read = { permission: ['catalog.read'], permissionAttribute: { action: ['read'] } };
  const cases: Array<
    [object, string, 'create' | 'read' | 'update' | 'delete' | undefined, boolean]
  > = [
    [read, 'catalog.read', 'read', true],
    [read, 'catalog.write', 'read', false],
    [read, 'unknown', 'read', false],
    [read, 'catalog.read', 'update', false],
    [read, 'catalog.read', undefined, false],
    [{ permission: read.permission }, 'catalog.read', undefined, true],
    [{ permission: read.permission }, 'catalog.read.all', 'read', false],
    [{ permissionAttribute: read.permissionAttribute }, 'anything', 'read', true],
    [{ permissionAttribute: read.permissionAttribute }, 'anything', 'delete', false],
  ];

  it.each(cases)('RST-05 %j: %s as %s is %s', async (restriction, name, action, allowed) => {
    const it = new Installation({ auth: restricted({ plugin: 'scaffolder', ...restriction }) });
    const auth = await it.plugin();
    const credentials = (await auth.authenticate(STATIC_TOKEN)) as Services;
    const permission = createPermission({ name, attributes: { ...(action && { action }) } });
    const permissions = await backstagePermissions(auth);
    const [decision] = await permissions.authorize([{ permission }], {
      credentials: credentials as never,
    });
    expect(decision).toEqual({ result: allowed ? 'ALLOW' : 'DENY' });
    if (action) expect(isPermitted(credentials.principal, { name, action })).toBe(allowed);
  });

  it.each([{ permission: [] }, { permissionAttribute: { action: [] } }, { permission: '' }])(
    'RST-05 an empty list, %j, allows nothing: with it nothing starts',
    restriction => {
      const auth = restricted({ plugin: 'scaffolder', ...restriction });
      expect(() => new Installation({ auth })).toThrow(
        expect.objectContaining({ code: 'AUTH_CONFIG_INVALID' }),
      );
    },
  );
});

/** The permission service of Backstage on our auth service, permissions switched off. */
async function backstagePermissions(auth: AuthService) {
  const tester = ServiceFactoryTester.from(permissionsServiceFactory, {
    dependencies: [
      createServiceFactory({
        service: coreServices.auth,
        deps: {},
        factory: () => auth as typeof coreServices.auth.T,
      }),
      mockServices.discovery.factory(),
      mockServices.rootConfig.factory({ data: { permission: { enabled: false } } }),
    ],
  });
  return tester.getSubject('scaffolder');
}

describe('without the default policy', () => {
  const off = { dangerouslyDisableDefaultAuthPolicy: true };

  it('RST-07 each start warns, and a token that is there must be good', async () => {
    const message =
      'backend.auth.dangerouslyDisableDefaultAuthPolicy is true: requests without credentials reach every plugin';
    for (let start = 0; start < 2; start += 1) {
      expect(new Installation({ auth: off }).logger.lines('warn')).toEqual([message]);
    }
    const world = await new World(off).start();
    const { installation: it } = world;
    expect(await world.send({ path: '/private' })).toMatchObject({ status: 200 });
    expect(await world.send({ path: '/calls' })).toMatchObject({ status: 200 });
    for (const token of [
      'garbage',
      'a.b.c',
      it.pluginToken({ exp: it.now }),
      it.pluginToken({ aud: 'search' }),
      it.limitedUserToken(),
    ]) {
      for (const path of ['/calls', '/users']) {
        expect(await world.send({ path, headers: bearer(token) })).toMatchObject({ status: 401 });
      }
    }
    await world.stop();
  });

  it('RST-08 the empty token that a plugin gets for nobody opens no protected backend', async () => {
    const open = new Installation({ auth: off });
    const auth = await open.plugin();
    const token = await issue(auth, await auth.getNoneCredentials());
    expect(token).toBe('');
    const world = await new World().start();
    for (const authorization of [`Bearer ${token}`, 'Bearer', 'Bearer  ']) {
      for (const path of ['/private', '/view', '/users', '/calls']) {
        expect(await world.send({ path, headers: { authorization } })).toMatchObject({
          status: 401,
        });
      }
    }
    await world.stop();
    for (const it of [open, new Installation()]) {
      await expect((await it.plugin()).authenticate(token)).rejects.toMatchObject(
        illegalToken('AUTH_TOKEN_MALFORMED'),
      );
    }
  });
});
