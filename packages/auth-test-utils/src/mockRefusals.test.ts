import type { BackstageCredentials, BackstageUserPrincipal } from '@stagepass/auth-node';
import { createUserCredentials, viewCredentials } from '@stagepass/auth-node/internal';
import { MockAuthService } from './MockAuthService';
import { mockCredentials } from './mockCredentials';
import { TestClock } from './TestClock';

const { none, user, limitedUser, service } = mockCredentials;
const JANE = 'user:default/jane';
const NOON = '2026-05-01T12:00:00.000Z';
const limited = { allowLimitedAccess: true };
const stored = (credentials: object) =>
  JSON.parse(JSON.stringify(credentials)) as BackstageCredentials;

const catalogAuth = () => new MockAuthService({ pluginId: 'catalog', clock: new TestClock(NOON) });

function credentialsOf(principal: object): BackstageCredentials<BackstageUserPrincipal> {
  return Object.assign(user(), { principal }) as BackstageCredentials<BackstageUserPrincipal>;
}

describe('MockAuthService.authenticate', () => {
  it.each([
    ['user token', user.token(JANE, { expiresAt: new Date(NOON) })],
    ['limited user token', limitedUser.token(JANE, { expiresAt: new Date(NOON) })],
    ['service token', service.token({ expiresAt: new Date(NOON) })],
  ])('refuses a %s that ends at this moment', async (what, token) => {
    await expect(catalogAuth().authenticate(token, limited)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_TOKEN_EXPIRED',
      message: 'Illegal token',
      reason: `the ${what} expired at ${NOON}, now is ${NOON}`,
    });
  });

  it('refuses a limited user token where nothing is said of limited access', async () => {
    await expect(catalogAuth().authenticate(limitedUser.token())).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
      message: 'Limited user token is not allowed',
      reason:
        'a limited user token is not accepted here; send a user token, or allow limited access',
    });
  });

  it('refuses a token for another plugin', async () => {
    const token = service.token({ targetPluginId: 'todo' });
    await expect(catalogAuth().authenticate(token)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_AUDIENCE_MISMATCH',
      message: "Invalid mock token target plugin ID, got 'todo' but expected 'catalog'",
      reason: 'the mock token is for the plugin "todo", this service is of "catalog"',
    });
  });

  it('gives a user the token that Backstage gives, and the limited one where that says when it ends', async () => {
    const auth = new MockAuthService();
    const tokenOf = async (token: string) =>
      viewCredentials(await auth.authenticate(token, limited)).token;
    expect(await tokenOf(limitedUser.token(JANE))).toBe(user.token(JANE));
    expect(await tokenOf(`mock-user-token:{ "sub": "${JANE}" }`)).toBe(user.token(JANE));
    const ending = `mock-limited-user-token:{"exp":8640000000000,"sub":"${JANE}"}`;
    expect(await tokenOf(ending)).toBe(ending);
    const credentials = await auth.authenticate(ending, limited);
    expect(await auth.getLimitedUserToken(credentials as ReturnType<typeof credentialsOf>)).toEqual(
      { token: ending, expiresAt: new Date(8.64e15) },
    );
  });
});

describe('MockAuthService, which issues tokens', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [7, '7'],
    [['todo'], '["todo"]'],
    ['', '""'],
    ['a/b', '"a/b"'],
  ])('issues none for the plugin %j', async (targetPluginId, found) => {
    const options = { onBehalfOf: user(), targetPluginId: targetPluginId as string };
    await expect(catalogAuth().getPluginRequestToken(options)).rejects.toMatchObject({
      name: 'InputError',
      message: `Invalid targetPluginId, expected letters, digits, '-' and '_', found ${found}`,
    });
  });

  it('issues none on behalf of nobody, and no limited one for a service', async () => {
    const auth = catalogAuth();
    await expect(
      auth.getPluginRequestToken({ onBehalfOf: none(), targetPluginId: 'todo' }),
    ).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CREDENTIALS_MISSING',
      message: "Refused to issue service token for credential type 'none'",
      reason: 'no service token can be issued on behalf of a "none" principal',
    });
    await expect(auth.getLimitedUserToken(service() as never)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CREDENTIALS_MISSING',
      message: "Refused to issue limited user token for credential type 'service'",
      reason: 'no limited user token can be issued on behalf of a "service" principal',
    });
  });

  it.each([
    ['nobody', undefined, 'undefined', 'undefined'],
    ['a text that is no ref', 'jane', '"jane"', 'jane'],
    ['a ref on the second line', `\n${JANE}`, String.raw`"\n${JANE}"`, `\n${JANE}`],
    ['a ref with another line', `${JANE}\n`, String.raw`"${JANE}\n"`, `${JANE}\n`],
    ['a list', [JANE], `["${JANE}"]`, JANE],
  ])('issues none for a user who is %s', async (_, userEntityRef, found, shown) => {
    const onBehalfOf = credentialsOf({ type: 'user', userEntityRef });
    const refusal = {
      name: 'AuthenticationError',
      code: 'AUTH_CLAIM_INVALID',
      message: `Invalid user entity reference '${shown}', expected <kind>:<namespace>/<name>`,
      reason: `the credentials name the user ${found}; make them with mockCredentials.user`,
    };
    const auth = catalogAuth();
    await expect(auth.getLimitedUserToken(onBehalfOf)).rejects.toMatchObject(refusal);
    await expect(
      auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'todo' }),
    ).rejects.toMatchObject(refusal);
  });

  it('issues none for credentials whose token has ended', async () => {
    const onBehalfOf = user(JANE, { expiresAt: new Date(0) });
    const refusal = {
      name: 'AuthenticationError',
      code: 'AUTH_TOKEN_EXPIRED',
      message: 'Illegal token',
      reason: `the token in the credentials expired at 1970-01-01T00:00:00.000Z, now is ${NOON}`,
    };
    const auth = catalogAuth();
    await expect(auth.getLimitedUserToken(onBehalfOf)).rejects.toMatchObject(refusal);
    await expect(
      auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'todo' }),
    ).rejects.toMatchObject(refusal);
  });

  it('takes the credentials of another auth service at their word', async () => {
    const onBehalfOf = createUserCredentials({
      userEntityRef: JANE,
      token: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
      expiresAt: new Date(8.64e15),
    });
    const auth = catalogAuth();
    const expiresAt = new Date('2026-05-01T13:00:00Z');
    expect(await auth.getLimitedUserToken(onBehalfOf)).toEqual({
      token: limitedUser.token(JANE, { expiresAt }),
      expiresAt,
    });
    expect(await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'todo' })).toEqual({
      token: service.token({ onBehalfOf, targetPluginId: 'todo', expiresAt }),
    });
  });

  it('issues none for stored credentials of a service, and says what to do', async () => {
    const onBehalfOf = stored(service('plugin:a'));
    await expect(
      catalogAuth().getPluginRequestToken({ onBehalfOf, targetPluginId: 'todo' }),
    ).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_DELEGATION_NOT_ALLOWED',
      message: 'This call may not be made for its caller',
      reason:
        'service credentials that come out of JSON prove nothing; use getOwnServiceCredentials, or the credentials of the request, ' +
        'or make the mock with dangerouslyAllowStoredServiceCredentials',
    });
  });
});
