import type { BackstageCredentials, BackstageUserPrincipal } from '@stagepass/auth-node';
import { issue } from './testing/credentialFixtures';
import { Installation, JANE } from './testing/Installation';
import { illegalToken } from './testing/refusals';
import { decode } from './testing/tokenFixtures';

const accepting = { auth: { acceptUntypedUserTokens: true } };

/** A user token of the old form: what it is shows by its audience alone. */
function oldToken(installation: Installation, claims: object = {}, header: object = {}): string {
  return installation.userToken({ uip: undefined, ...claims }, { typ: undefined, ...header });
}

describe('a user token without a type', () => {
  it('is refused by default', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    await expect(auth.authenticate(oldToken(installation))).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_TYPE_UNKNOWN'),
    );
    const obo = oldToken(installation);
    await expect(auth.authenticate(installation.pluginToken({ obo }))).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_TYPE_UNKNOWN'),
    );
  });

  it('proves its user where that is configured, and is its own limited form', async () => {
    const installation = new Installation(accepting);
    const auth = await installation.plugin();
    const token = oldToken(installation);
    const credentials = (await auth.authenticate(
      token,
    )) as BackstageCredentials<BackstageUserPrincipal>;
    expect(String(credentials.principal)).toBe(`userPrincipal{${JANE}}`);
    expect(await auth.getLimitedUserToken(credentials)).toEqual({
      token,
      expiresAt: credentials.expiresAt,
    });
    expect(decode(await issue(auth, credentials)).payload.obo).toBe(token);
  });

  it('is accepted on behalf of its user there', async () => {
    const installation = new Installation(accepting);
    const auth = await installation.plugin();
    const obo = oldToken(installation);
    const credentials = await auth.authenticate(installation.pluginToken({ obo }));
    expect(String(credentials.principal)).toBe(
      `userPrincipal{${JANE},actor={servicePrincipal{plugin:catalog}}}`,
    );
  });

  it.each<[string, object, object, ReturnType<typeof illegalToken>]>([
    ['another audience', { aud: 'other' }, {}, illegalToken('AUTH_TOKEN_TYPE_UNKNOWN')],
    ['several audiences', { aud: ['backstage'] }, {}, illegalToken('AUTH_TOKEN_TYPE_UNKNOWN')],
    ['no audience', { aud: undefined }, {}, illegalToken('AUTH_TOKEN_TYPE_UNKNOWN')],
    ['another type', {}, { typ: 'JWT' }, illegalToken('AUTH_TOKEN_TYPE_UNKNOWN')],
    ['no expiry', { exp: undefined }, {}, illegalToken('AUTH_CLAIM_INVALID')],
    ['no time of issue', { iat: undefined }, {}, illegalToken('AUTH_CLAIM_INVALID')],
    ['no subject', { sub: undefined }, {}, illegalToken('AUTH_CLAIM_INVALID')],
    ['no kid', {}, { kid: undefined }, illegalToken('AUTH_KEY_UNKNOWN')],
    ['another algorithm', {}, { alg: 'HS256' }, illegalToken('AUTH_ALGORITHM_NOT_ALLOWED')],
  ])('is refused even there with %s', async (_, claims, header, refusal) => {
    const installation = new Installation(accepting);
    const auth = await installation.plugin();
    const token = oldToken(installation, claims, header);
    await expect(auth.authenticate(token)).rejects.toMatchObject(refusal);
    await expect(auth.authenticate(installation.pluginToken({ obo: token }))).rejects.toMatchObject(
      refusal,
    );
  });
});
