import { mockCredentials, mockServices } from '@backstage/backend-test-utils';

const JANE = 'user:default/jane';
const { user, service, limitedUser, none } = mockCredentials;

describe('mockCredentials', () => {
  const auth = mockServices.auth();
  const httpAuth = mockServices.httpAuth();
  const callerOf = (headers: object) =>
    httpAuth.credentials({ headers } as never, { allowLimitedAccess: true });

  it.each([
    ['none', none(), { type: 'none' }],
    ['user', user(), { type: 'user', userEntityRef: 'user:default/mock' }],
    ['a user', user(JANE), { type: 'user', userEntityRef: JANE }],
    [
      'a user for whom a service acts',
      user(JANE, { actor: { subject: 'plugin:a' } }),
      { type: 'user', userEntityRef: JANE, actor: { type: 'service', subject: 'plugin:a' } },
    ],
    ['limitedUser', limitedUser(), { type: 'user', userEntityRef: 'user:default/mock' }],
    ['a limited user', limitedUser(JANE), { type: 'user', userEntityRef: JANE }],
    ['service', service(), { type: 'service', subject: 'external:test-service' }],
    ['a service', service('plugin:a'), { type: 'service', subject: 'plugin:a' }],
    [
      'a restricted service',
      service('external:ci', { permissionAttributes: { action: ['read'] } }),
      {
        type: 'service',
        subject: 'external:ci',
        accessRestrictions: { permissionAttributes: { action: ['read'] } },
      },
    ],
  ])('are credentials with the principal of %s', (_, credentials, principal) => {
    expect(credentials).toEqual({
      $$type: '@backstage/BackstageCredentials',
      version: 'v1',
      principal,
    });
  });

  it.each([
    ['user', 'user:jane'],
    ['limitedUser', 'jane'],
    ['user', ''],
  ] as const)('refuse %s(%p), which is no entity ref', (kind, ref) => {
    expect(() => mockCredentials[kind](ref)).toThrow(
      new TypeError(`Invalid user entity reference '${ref}', expected <kind>:<namespace>/<name>`),
    );
  });

  it.each([
    ['user.token()', user.token(), user()],
    ['user.token(ref)', user.token(JANE), user(JANE)],
    [
      'user.token(ref, { actor })',
      user.token(JANE, { actor: { subject: 'plugin:a' } }),
      user(JANE, { actor: { subject: 'plugin:a' } }),
    ],
    ['limitedUser.token()', limitedUser.token(), limitedUser()],
    ['limitedUser.token(ref)', limitedUser.token(JANE), limitedUser(JANE)],
    ['service.token()', service.token(), service()],
    [
      'service.token() of a plugin',
      service.token({ onBehalfOf: service('plugin:a'), targetPluginId: 'test' }),
      service('plugin:a'),
    ],
    [
      'service.token() for a user',
      service.token({ onBehalfOf: user(JANE), targetPluginId: 'test' }),
      user(JANE),
    ],
  ])('are what mockServices.auth() makes of %s', async (_, token, credentials) => {
    expect(await auth.authenticate(token, { allowLimitedAccess: true })).toEqual(credentials);
  });

  it.each([
    ['user', user.invalidToken(), 'User token is invalid'],
    ['limitedUser', limitedUser.invalidToken(), 'Limited user token is invalid'],
    ['service', service.invalidToken(), 'Service token is invalid'],
  ])('have a token that is refused: %s', async (_, token, message) => {
    await expect(auth.authenticate(token, { allowLimitedAccess: true })).rejects.toMatchObject({
      name: 'AuthenticationError',
      message,
    });
  });

  it.each([
    ['none.header()', { authorization: none.header() }, none()],
    ['user.header()', { authorization: user.header() }, user()],
    ['user.header(ref)', { authorization: user.header(JANE) }, user(JANE)],
    ['limitedUser.cookie()', { cookie: limitedUser.cookie() }, limitedUser()],
    ['limitedUser.cookie(ref)', { cookie: limitedUser.cookie(JANE) }, limitedUser(JANE)],
    ['service.header()', { authorization: service.header() }, service()],
    [
      'service.header() of a plugin',
      {
        authorization: service.header({
          onBehalfOf: service('plugin:a'),
          targetPluginId: 'test',
        }),
      },
      service('plugin:a'),
    ],
  ])('are what mockServices.httpAuth() makes of %s', async (_, headers, credentials) => {
    expect(await callerOf(headers)).toEqual(credentials);
  });

  it.each([
    ['user.invalidHeader()', { authorization: user.invalidHeader() }, 'User token is invalid'],
    [
      'service.invalidHeader()',
      { authorization: service.invalidHeader() },
      'Service token is invalid',
    ],
    [
      'limitedUser.invalidCookie()',
      { cookie: limitedUser.invalidCookie() },
      'Limited user token is invalid',
    ],
  ])('have what a request is refused for: %s', async (_, headers, message) => {
    await expect(callerOf(headers)).rejects.toMatchObject({ name: 'AuthenticationError', message });
  });

  it('say in messages whose they are', () => {
    expect([none(), user(JANE), service('plugin:a')].map(String)).toEqual([
      'mockCredentials{nonePrincipal}',
      `mockCredentials{userPrincipal{${JANE}}}`,
      'mockCredentials{servicePrincipal{plugin:a}}',
    ]);
  });

  it('can be matched by what they are about', () => {
    const spy = jest.fn();
    spy({ credentials: user(JANE), at: 1 });
    expect(spy).toHaveBeenCalledWith(expect.objectContaining({ credentials: user(JANE) }));
    expect(spy).not.toHaveBeenCalledWith(expect.objectContaining({ credentials: user() }));
  });
});
