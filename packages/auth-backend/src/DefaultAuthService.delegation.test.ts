import { issue } from './testing/credentialFixtures';
import { externalAccess, Installation, STATIC_TOKEN } from './testing/Installation';
import { rejectionOf } from './testing/refusals';
import { decode } from './testing/tokenFixtures';

describe('getPluginRequestToken for a restricted caller', () => {
  type Form = 'critical' | 'plain' | undefined;
  async function setUp(restrictedDelegation: Form, ...accessRestrictions: object[]) {
    const installation = new Installation({
      auth: {
        ...(restrictedDelegation && { restrictedDelegation }),
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

  it.each<[Form, object, object]>([
    [undefined, {}, {}],
    ['critical', {}, {}],
    ['critical', { permission: 'a, b' }, { permissionNames: ['a', 'b'] }],
    [
      'critical',
      { permissionAttribute: { action: 'read' } },
      { permissionAttributes: { action: ['read'] } },
    ],
  ])('delegated as %s and held to %j, tells the plugin so', async (form, limits, written) => {
    const { auth, credentials } = await setUp(form, { plugin: 'catalog', ...limits });
    const { header, payload } = decode(await issue(auth, credentials));
    expect(Object.entries(header)).toEqual([
      ['typ', 'vnd.backstage.plugin'],
      ['alg', 'ES256'],
      ['kid', expect.any(String)],
      ['crit', ['urn:stagepass:access-restrictions']],
      ['urn:stagepass:access-restrictions', { scaffolder: {}, catalog: written }],
    ]);
    expect(Object.keys(payload)).toEqual(['sub', 'aud', 'iat', 'exp']);
    expect(payload).toMatchObject({ sub: 'scaffolder', aud: 'catalog' });
  });

  it('delegated as plain, speaks as Backstage does to a plugin that it may use without limits', async () => {
    const { auth, credentials } = await setUp('plain', { plugin: 'catalog' });
    const { header, payload } = decode(await issue(auth, credentials));
    expect(Object.keys(header)).toEqual(['typ', 'alg', 'kid']);
    expect(payload).toMatchObject({ sub: 'scaffolder', aud: 'catalog' });
  });

  it('with more restrictions than a request header holds, speaks to nobody', async () => {
    const permission = Array.from(
      { length: 400 },
      (_, index) => `catalog.entity.permission-${index}`,
    );
    const { auth, credentials } = await setUp('critical', { plugin: 'catalog', permission });
    await expect(issue(auth, credentials)).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_DELEGATION_NOT_ALLOWED',
      message: 'This call may not be made for its caller',
      reason:
        'the access restrictions of "ci" cannot be passed on in a token: expected at most 8192 bytes',
    });
  });

  it('that a plugin was called for, is passed on with the same restrictions', async () => {
    const { auth, installation } = await setUp('critical');
    const restrictions = { scaffolder: {}, search: { permissionNames: ['a'] }, 'not-here': {} };
    const header = {
      crit: ['urn:stagepass:access-restrictions'],
      'urn:stagepass:access-restrictions': restrictions,
    };
    const called = await auth.authenticate(installation.pluginToken({}, header));
    expect(decode(await issue(auth, called, 'search')).header).toMatchObject(header);
    await expect(issue(auth, called, 'catalog')).rejects.toMatchObject({
      code: 'AUTH_DELEGATION_NOT_ALLOWED',
      reason: 'the access restrictions of "plugin:catalog" do not include the plugin "catalog"',
    });
  });

  it('RST-02 is restricted also where that stands in the hidden part of its credentials alone', async () => {
    for (const form of ['critical', 'plain'] as const) {
      const { auth, credentials } = await setUp(form, { plugin: 'catalog', permission: 'a' });
      credentials.principal = { type: 'service', subject: 'ci' };
      const issued = issue(auth, credentials);
      if (form === 'critical') expect(decode(await issued).header).toHaveProperty('crit');
      else await expect(issued).rejects.toMatchObject({ code: 'AUTH_DELEGATION_NOT_ALLOWED' });
      await expect(issue(auth, credentials, 'search')).rejects.toMatchObject({
        code: 'AUTH_DELEGATION_NOT_ALLOWED',
      });
    }
  });

  it.each(['critical', 'plain'] as const)(
    'RST-02 goes nowhere where the hidden part of its credentials got lost, delegated as %s',
    async form => {
      const { auth, credentials } = await setUp(form, { plugin: 'catalog' });
      Object.defineProperty(credentials, 'allAccessRestrictions', { value: undefined });
      await expect(issue(auth, credentials)).rejects.toMatchObject({
        name: 'NotAllowedError',
        code: 'AUTH_DELEGATION_NOT_ALLOWED',
        message: 'This call may not be made for its caller',
        reason: 'the access restrictions of "ci" do not include the plugin "catalog"',
      });
    },
  );

  it.each([
    ['search', 'critical'],
    ['__proto__', 'critical'],
    ['Catalog', 'critical'],
    ['search', 'plain'],
  ] as const)(
    'does not speak to %s, which it may not use, delegated as %s',
    async (target, form) => {
      const { auth, credentials, installation } = await setUp(form, { plugin: 'catalog' });
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

  it.each([[{ permission: 'catalog.entity.read' }], [{ permissionAttribute: { action: 'read' } }]])(
    'delegated as plain, does not speak to a plugin in which it is held to %j',
    async limits => {
      const { auth, credentials } = await setUp('plain', { plugin: 'catalog', ...limits });
      await expect(issue(auth, credentials)).rejects.toMatchObject({
        name: 'NotAllowedError',
        code: 'AUTH_DELEGATION_NOT_ALLOWED',
        message: 'This call may not be made for its caller',
        reason:
          'the access of "ci" to the plugin "catalog" is limited to some permissions and cannot be delegated',
      });
    },
  );
});
