import type { JsonObject } from '@backstage/types';
import { createAuthBackend } from '@stagepass/auth-backend';
import type { AuthErrorCode, AuthService } from '@stagepass/auth-node';
import { createTestAuthority, type TestAuthority } from '@stagepass/auth-test-utils';
import { authMatchers } from '@stagepass/auth-test-utils/matchers';

const JANE = 'user:default/jane';
const illegal = { name: 'AuthenticationError', message: 'Illegal token' };
const unavailable = {
  name: 'ServiceUnavailableError',
  code: 'AUTH_KEYS_UNAVAILABLE',
  message: 'Credentials cannot be verified at the moment',
};
const logger = { error() {}, warn() {}, info() {}, debug() {}, child: () => logger };

let authority: TestAuthority;
let auth: AuthService;

function backend(externalAccess: object[] = []) {
  const { discovery, fetch, clock } = authority;
  const config = JSON.parse(
    JSON.stringify({ backend: { auth: { externalAccess } } }),
  ) as JsonObject;
  return createAuthBackend({ discovery, fetch, clock, logger, config });
}

beforeEach(async () => {
  authority = await createTestAuthority();
  auth = await backend().forPlugin('catalog');
});

describe('the real service accepts', () => {
  it('a user token', async () => {
    const { principal } = await auth.authenticate(authority.userToken(JANE));
    expect(principal).toEqual({ type: 'user', userEntityRef: JANE });
  });

  it('a limited user token, where those are allowed', async () => {
    const options = { allowLimitedAccess: true };
    const { principal } = await auth.authenticate(authority.limitedUserToken(JANE), options);
    expect(principal).toEqual({ type: 'user', userEntityRef: JANE });
  });

  it('a plugin token', async () => {
    const token = authority.pluginToken({ from: 'search', to: 'catalog' });
    const { principal } = await auth.authenticate(token);
    expect(principal).toEqual({ type: 'service', subject: 'plugin:search' });
  });

  it.each([
    ['an entity ref', () => JANE],
    ['a user token', () => authority.userToken(JANE)],
    ['a limited user token', () => authority.limitedUserToken(JANE)],
  ])('a plugin token on behalf of %s', async (_, onBehalfOf) => {
    const call = { from: 'search', to: 'catalog', onBehalfOf: onBehalfOf() };
    const { principal } = await auth.authenticate(authority.pluginToken(call));
    expect(principal).toEqual({
      type: 'user',
      userEntityRef: JANE,
      actor: { type: 'service', subject: 'plugin:search' },
    });
  });

  it('the limited token that it derives itself from a user token, with custom claims', async () => {
    const token = authority.userToken(JANE, { ent: ['group:default/a'], claims: { team: 'a' } });
    const credentials = await auth.authenticate(token);
    if (!auth.isPrincipal(credentials, 'user')) throw new Error('not a user');
    const limited = await auth.getLimitedUserToken(credentials);
    const again = await auth.authenticate(limited.token, { allowLimitedAccess: true });
    expect(again.principal).toEqual({ type: 'user', userEntityRef: JANE });
  });
});

describe('the real service refuses', () => {
  const plugin = (options: object = {}) =>
    authority.pluginToken({ from: 'search', to: 'catalog', ...options });

  it.each<[what: string, code: AuthErrorCode, token: () => string]>([
    [
      'an expired user token',
      'AUTH_TOKEN_EXPIRED',
      () => authority.userToken(JANE, { expired: true }),
    ],
    ['an expired plugin token', 'AUTH_TOKEN_EXPIRED', () => plugin({ expired: true })],
    ['a token for another plugin', 'AUTH_AUDIENCE_MISMATCH', () => plugin({ to: 'scaffolder' })],
    ['a plugin token of an unknown key', 'AUTH_KEY_UNKNOWN', () => plugin({ unknownKey: true })],
    [
      'a user token of an unknown key',
      'AUTH_KEY_UNKNOWN',
      () => authority.userToken(JANE, { unknownKey: true }),
    ],
    [
      'a changed signature',
      'AUTH_SIGNATURE_INVALID',
      () => authority.tamper(plugin(), 'signature'),
    ],
    ['a changed payload', 'AUTH_SIGNATURE_INVALID', () => authority.tamper(plugin(), 'payload')],
    ['a changed header', 'AUTH_SIGNATURE_INVALID', () => authority.tamper(plugin(), 'header')],
    ['the algorithm none', 'AUTH_TOKEN_MALFORMED', () => authority.tamper(plugin(), 'algorithm')],
    [
      'a full user token in obo',
      'AUTH_TOKEN_TYPE_UNKNOWN',
      () => plugin({ claims: { obo: authority.userToken(JANE) } }),
    ],
    [
      'a user token that is not good yet',
      'AUTH_TOKEN_NOT_YET_VALID',
      () => authority.userToken(JANE, { notYetValid: true }),
    ],
    [
      'a plugin token that is not good yet',
      'AUTH_TOKEN_NOT_YET_VALID',
      () => plugin({ notYetValid: true }),
    ],
    [
      'a user token that says to be a plugin token',
      'AUTH_CLAIM_INVALID',
      () => authority.userToken(JANE, { header: { typ: 'vnd.backstage.plugin' } }),
    ],
    [
      'a token of a kind that nobody knows',
      'AUTH_TOKEN_TYPE_UNKNOWN',
      () => plugin({ header: { typ: 'JWT' } }),
    ],
    ['a token that names no key', 'AUTH_KEY_UNKNOWN', () => plugin({ header: { kid: undefined } })],
    [
      'a token with another critical header',
      'AUTH_TOKEN_MALFORMED',
      () => plugin({ header: { crit: ['urn:example:other'], 'urn:example:other': true } }),
    ],
    [
      'a token of a third party that is not configured',
      'AUTH_TOKEN_TYPE_UNKNOWN',
      () => authority.externalToken('ci'),
    ],
    [
      'a subject of the wrong type',
      'AUTH_CLAIM_INVALID',
      () => authority.userToken(JANE, { claims: { sub: 7 } }),
    ],
  ])('%s with %s', async (_, code, token) => {
    await expect(auth.authenticate(token())).rejects.toMatchObject({ ...illegal, code });
  });

  it('a limited user token where those are not allowed', async () => {
    await expect(auth.authenticate(authority.limitedUserToken(JANE))).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
      message: 'Illegal limited user token',
    });
  });

  it('a token once its time is over', async () => {
    const token = authority.userToken(JANE, { expiresIn: { minutes: 10 } });
    authority.advanceTime({ minutes: 9, seconds: 59 });
    await auth.authenticate(token);
    authority.advanceTime({ seconds: 1 });
    const code = 'AUTH_TOKEN_EXPIRED';
    await expect(auth.authenticate(token)).rejects.toMatchObject({ ...illegal, code });
  });
});

describe('keys', () => {
  it('rotate: tokens of the new and of the old key are good', async () => {
    const before = authority.userToken(JANE);
    await auth.authenticate(before);
    authority.rotateKeys();
    await auth.authenticate(authority.userToken(JANE));
    expect((await auth.authenticate(before)).principal).toMatchObject({ userEntityRef: JANE });
  });

  it('are withdrawn: a token of the old key is refused once the set is read anew', async () => {
    const token = authority.pluginToken({ from: 'search', to: 'catalog' });
    await auth.authenticate(token);
    authority.rotateKeys('search', { withdrawOld: true });
    authority.advanceTime({ minutes: 2 });
    const code = 'AUTH_KEY_UNKNOWN';
    await expect(auth.authenticate(token)).rejects.toMatchObject({ ...illegal, code });
  });

  it('are out of reach: known ones go on verifying, unknown ones are told as 503', async () => {
    const known = authority.userToken(JANE);
    await auth.authenticate(known);
    authority.goDown();
    expect((await auth.authenticate(known)).principal).toMatchObject({ userEntityRef: JANE });
    const token = authority.pluginToken({ from: 'search', to: 'catalog' });
    await expect(auth.authenticate(token)).rejects.toMatchObject(unavailable);
    authority.comeBack();
    authority.advanceTime({ minutes: 1 });
    expect((await auth.authenticate(token)).principal).toMatchObject({ subject: 'plugin:search' });
  });
});

describe('a third party', () => {
  const configured = () =>
    backend([{ type: 'jwks', options: { ...authority.externalIssuer, subjectPrefix: 'acme' } }]);

  it('signs what a backend accepts that is configured with its issuer', async () => {
    const catalog = await configured().forPlugin('catalog');
    const token = authority.externalToken('ci', { claims: { role: 'builder' } });
    expect((await catalog.authenticate(token)).principal).toEqual({
      type: 'service',
      subject: 'external:acme:ci',
    });
    expect(await authority.describeToken(token)).toEqual({
      type: 'service',
      subject: 'external:ci',
    });
  });

  it.each<[what: string, code: AuthErrorCode, token: () => string]>([
    ['expired', 'AUTH_TOKEN_EXPIRED', () => authority.externalToken('ci', { expired: true })],
    [
      'for others',
      'AUTH_AUDIENCE_MISMATCH',
      () => authority.externalToken('ci', { audience: 'shop' }),
    ],
    [
      'of another issuer',
      'AUTH_ISSUER_MISMATCH',
      () => authority.externalToken('ci', { claims: { iss: 'http://other.test' } }),
    ],
    [
      'of an unknown key',
      'AUTH_KEY_UNKNOWN',
      () => authority.externalToken('ci', { unknownKey: true }),
    ],
    [
      'tampered with',
      'AUTH_SIGNATURE_INVALID',
      () => authority.tamper(authority.externalToken('ci'), 'payload'),
    ],
  ])('signs what it refuses: %s', async (_, code, token) => {
    const catalog = await configured().forPlugin('catalog');
    await expect(catalog.authenticate(token())).rejects.toMatchObject({ ...illegal, code });
  });

  it('rotates its keys with everyone, and goes down with everyone', async () => {
    const before = authority.externalToken('ci');
    authority.rotateKeys(undefined, { withdrawOld: true });
    const catalog = await configured().forPlugin('catalog');
    const code = 'AUTH_KEY_UNKNOWN';
    await expect(catalog.authenticate(before)).rejects.toMatchObject({ ...illegal, code });
    authority.goDown();
    const other = await configured().forPlugin('catalog');
    const token = authority.externalToken('ci');
    await expect(other.authenticate(token)).rejects.toMatchObject(unavailable);
  });
});

describe('one plugin', () => {
  it('can be out of reach alone', async () => {
    authority.goDown('search');
    const unreachable = authority.pluginToken({ from: 'search', to: 'catalog' });
    await expect(auth.authenticate(unreachable)).rejects.toMatchObject(unavailable);
    const reachable = authority.pluginToken({ from: 'todo', to: 'catalog' });
    expect((await auth.authenticate(reachable)).principal).toMatchObject({
      subject: 'plugin:todo',
    });
    authority.comeBack();
    authority.advanceTime({ minutes: 1 });
    expect((await auth.authenticate(unreachable)).principal).toMatchObject({
      subject: 'plugin:search',
    });
  });
});

describe('a plugin token with access restrictions', () => {
  const restrictions = { catalog: { permissionAttributes: { action: ['read' as const] } } };
  const NAME = 'urn:stagepass:access-restrictions';

  it('carries them in a critical header', async () => {
    const token = authority.pluginToken({ from: 'search', to: 'catalog', restrictions });
    const header = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString();
    expect(JSON.parse(header)).toEqual({
      typ: 'vnd.backstage.plugin',
      alg: 'ES256',
      kid: expect.any(String) as string,
      crit: [NAME],
      [NAME]: restrictions,
    });
    expect(await authority.describeToken(token)).toEqual({
      type: 'plugin',
      from: 'search',
      to: 'catalog',
      restrictions,
    });
  });

  it('is accepted by the plugins that they name, with their own part', async () => {
    const token = authority.pluginToken({ from: 'search', to: 'catalog', restrictions });
    expect((await auth.authenticate(token)).principal).toEqual({
      type: 'service',
      subject: 'plugin:search',
      accessRestrictions: restrictions.catalog,
    });
    const unnamed = authority.pluginToken({
      from: 'search',
      to: 'catalog',
      restrictions: { todo: {} },
    });
    await expect(auth.authenticate(unnamed)).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_ACCESS_RESTRICTED',
      message: 'Access to this plugin is restricted',
    });
  });

  it('is described when a backend issued it', async () => {
    const todo = await backend().forPlugin('todo');
    authority.publishKeysOf('todo', todo);
    const all = { ...restrictions, todo: {} };
    const call = authority.pluginToken({ from: 'search', to: 'todo', restrictions: all });
    const { token } = await todo.getPluginRequestToken({
      onBehalfOf: await todo.authenticate(call),
      targetPluginId: 'catalog',
    });
    expect(await authority.describeToken(token)).toEqual({
      type: 'plugin',
      from: 'todo',
      to: 'catalog',
      restrictions: all,
    });
  });

  it.each([
    ['that are not critical', { crit: undefined }],
    ['that are none', { [NAME]: ['catalog'] }],
    ['beside another critical header', { crit: [NAME, 'b64'] }],
  ])('is described only when it is well formed: %s', async (_, header) => {
    const token = authority.pluginToken({ from: 'search', to: 'catalog', restrictions, header });
    await expect(authority.describeToken(token)).rejects.toThrow(
      'Expected access restrictions by plugin id in a critical header, found others, or another critical header',
    );
  });
});

describe('beside a second backend', () => {
  it('says how its keys are published, where they are not', async () => {
    const todo = await backend().forPlugin('todo');
    const { token } = await todo.getPluginRequestToken({
      onBehalfOf: await todo.getOwnServiceCredentials(),
      targetPluginId: 'catalog',
    });
    await expect(authority.describeToken(token)).rejects.toThrow(
      'Expected a plugin token signed with a published key, found another key id; if the plugin signs for itself, call publishKeysOf(pluginId, auth)',
    );
  });

  it("publishes that backend's keys, and describes what its plugins send", async () => {
    const todo = await backend().forPlugin('todo');
    authority.publishKeysOf('todo', todo);
    const { token } = await todo.getPluginRequestToken({
      onBehalfOf: await todo.authenticate(authority.userToken(JANE)),
      targetPluginId: 'catalog',
    });
    expect(await authority.describeToken(token)).toEqual({
      type: 'plugin',
      from: 'todo',
      to: 'catalog',
      onBehalfOf: JANE,
    });
    const { principal } = await auth.authenticate(token);
    expect(principal).toMatchObject({ userEntityRef: JANE, actor: { subject: 'plugin:todo' } });
    const tampered = authority.describeToken(authority.tamper(token, 'payload'));
    await expect(tampered).rejects.toThrow(
      'Expected a plugin token with a good signature, found a bad one',
    );
  });
});

describe('a call on behalf of a user', () => {
  it('says what it takes for a user', () => {
    const call = { from: 'todo', to: 'catalog', onBehalfOf: 'jane' };
    expect(() => authority.pluginToken(call)).toThrow(
      new TypeError(
        'Expected a user entity reference, <kind>:<namespace>/<name>, or a user or limited user token, found another text',
      ),
    );
  });
});

describe('user info', () => {
  it('comes from the last sign-in', async () => {
    const token = authority.limitedUserToken(JANE, { ent: [JANE, 'group:default/a'] });
    const credentials = await auth.authenticate(token, { allowLimitedAccess: true });
    expect(await backend().userInfo().getUserInfo(credentials)).toEqual({
      userEntityRef: JANE,
      ownershipEntityRefs: [JANE, 'group:default/a'],
    });
  });
});

describe('the matchers as plain functions', () => {
  it('tell a refusal of the real service', async () => {
    const refused = auth.authenticate(authority.userToken(JANE, { expired: true }));
    const { pass } = await authMatchers.toBeRefusedWith(refused, 'AUTH_TOKEN_EXPIRED');
    expect(pass).toBe(true);
  });
});
