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

function backend() {
  const { discovery, fetch, clock } = authority;
  return createAuthBackend({ discovery, fetch, clock, logger });
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

describe('beside a second backend', () => {
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
