import { isPrincipal } from '@stagepass/auth-node';
import { viewCredentials } from '@stagepass/auth-node/internal';
import { mockCredentials } from './mockCredentials';

const { none, user, limitedUser, service } = mockCredentials;
const JANE = 'user:default/jane';
const RESTRICTIONS = { permissionNames: ['catalog.read'] };

describe('mockCredentials', () => {
  it.each([
    ['none', none(), { type: 'none' }, 'nonePrincipal'],
    [
      'user',
      user(),
      { type: 'user', userEntityRef: 'user:default/mock' },
      'userPrincipal{user:default/mock}',
    ],
    [
      'user with actor',
      user(JANE, { actor: { subject: 'plugin:catalog' } }),
      {
        type: 'user',
        userEntityRef: JANE,
        actor: { type: 'service', subject: 'plugin:catalog' },
      },
      'userPrincipal{user:default/jane,actor={plugin:catalog}}',
    ],
    [
      'limitedUser',
      limitedUser(JANE),
      { type: 'user', userEntityRef: JANE },
      'userPrincipal{user:default/jane}',
    ],
    [
      'service',
      service(),
      { type: 'service', subject: 'external:test-service' },
      'servicePrincipal{external:test-service}',
    ],
    [
      'restricted service',
      service('plugin:a', RESTRICTIONS),
      { type: 'service', subject: 'plugin:a', accessRestrictions: RESTRICTIONS },
      'servicePrincipal{plugin:a,accessRestrictions={"permissionNames":["catalog.read"]}}',
    ],
  ])('makes credentials: %s', (_, credentials, principal, printed) => {
    expect(credentials).toEqual({
      $$type: '@backstage/BackstageCredentials',
      version: 'v1',
      principal,
    });
    expect(String(credentials)).toBe(`mockCredentials{${printed}}`);
    expect(viewCredentials(credentials).revived).toBe(false);
  });

  it.each([
    ['none.header', none.header(), 'Bearer mock-none-token'],
    ['user.token', user.token(), 'mock-user-token'],
    ['user.token of a ref', user.token(JANE), 'mock-user-token:{"sub":"user:default/jane"}'],
    [
      'user.token with actor',
      user.token(JANE, { actor: { subject: 'plugin:a' } }),
      'mock-user-token:{"sub":"user:default/jane","actor":{"subject":"plugin:a"}}',
    ],
    ['user.header', user.header(JANE), 'Bearer mock-user-token:{"sub":"user:default/jane"}'],
    ['user.invalidToken', user.invalidToken(), 'mock-invalid-user-token'],
    ['user.invalidHeader', user.invalidHeader(), 'Bearer mock-invalid-user-token'],
    [
      'limitedUser.token',
      limitedUser.token(),
      'mock-limited-user-token:{"sub":"user:default/mock"}',
    ],
    [
      'limitedUser.cookie',
      limitedUser.cookie(JANE),
      'backstage-auth=mock-limited-user-token:{"sub":"user:default/jane"}',
    ],
    ['limitedUser.invalidToken', limitedUser.invalidToken(), 'mock-invalid-limited-user-token'],
    [
      'limitedUser.invalidCookie',
      limitedUser.invalidCookie(),
      'backstage-auth=mock-invalid-limited-user-token',
    ],
    ['service.token', service.token(), 'mock-service-token'],
    [
      'service.token for a service',
      service.token({ onBehalfOf: service('plugin:a'), targetPluginId: 'b' }),
      'mock-service-token:{"sub":"plugin:a","target":"b"}',
    ],
    [
      'service.token for a user',
      service.token({ onBehalfOf: user(JANE), targetPluginId: 'b' }),
      'mock-service-token:{"obo":"user:default/jane","target":"b"}',
    ],
    ['service.header', service.header(), 'Bearer mock-service-token'],
    ['service.invalidToken', service.invalidToken(), 'mock-invalid-service-token'],
    ['service.invalidHeader', service.invalidHeader(), 'Bearer mock-invalid-service-token'],
  ])('makes the string of %s', (_, actual, expected) => {
    expect(actual).toBe(expected);
  });

  it('keeps the token of users alone, where it does not show', () => {
    expect(viewCredentials(user()).token).toBe('mock-user-token');
    expect(viewCredentials(user(JANE)).token).toBe(user.token(JANE));
    expect(Object.keys(user())).toEqual(['$$type', 'version', 'principal']);
    expect(viewCredentials(service()).token).toBeUndefined();
    expect(viewCredentials(none()).token).toBeUndefined();
  });

  it('gives the default user with an actor a token that says both', () => {
    const actor = { subject: 'plugin:a' };
    expect(viewCredentials(user(undefined, { actor })).token).toBe(
      'mock-user-token:{"sub":"user:default/mock","actor":{"subject":"plugin:a"}}',
    );
  });

  it('gives limited users the token of a user, and a limited one where they say when they end', () => {
    expect(viewCredentials(limitedUser(JANE)).token).toBe(user.token(JANE));
    const expiresAt = new Date(60_000);
    const ending = limitedUser(JANE, { expiresAt });
    expect(ending.expiresAt).toEqual(expiresAt);
    expect(viewCredentials(ending).token).toBe(
      'mock-limited-user-token:{"sub":"user:default/jane","exp":60}',
    );
  });

  it('makes tokens for credentials that were written by hand', () => {
    const onBehalfOf = {
      $$type: '@backstage/BackstageCredentials',
      principal: { type: 'user', userEntityRef: JANE },
    } as const;
    expect(service.token({ onBehalfOf })).toBe('mock-service-token:{"obo":"user:default/jane"}');
  });

  it.each(['jane', 'default/jane', 'user:jane', ':default/jane', 'user:default/'])(
    'refuses %p for a user ref',
    ref => {
      const error = new TypeError(
        `Invalid user entity reference '${ref}', expected <kind>:<namespace>/<name>`,
      );
      for (const use of [user, user.token, user.header, limitedUser, limitedUser.cookie]) {
        expect(() => use(ref)).toThrow(error);
      }
    },
  );

  it('narrows in TypeScript to the principal', () => {
    const credentials = user();
    const ref: string = credentials.principal.userEntityRef;
    expect(isPrincipal(credentials, 'user') && ref).toBe('user:default/mock');
    expect(service('plugin:a').principal.subject).toBe('plugin:a');
  });
});
