import type { BackstageCredentials } from '@stagepass/auth-node';
import { issue, revive } from './testing/credentialFixtures';
import { externalAccess, Installation, JANE, STATIC_TOKEN } from './testing/Installation';
import { createKey } from './testing/keyFixtures';
import { illegalToken } from './testing/refusals';
import { decode } from './testing/tokenFixtures';

const restrictedAccess = externalAccess.map(entry => ({
  ...entry,
  accessRestrictions: [{ plugin: 'scaffolder' }, { plugin: 'catalog' }],
}));

describe('credentials out of JSON', () => {
  it('of a user work by the token in them', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const stored = revive(await auth.authenticate(installation.userToken()));
    expect(typeof stored.expiresAt).toBe('string');
    const { payload } = decode(await issue(auth, stored));
    expect(payload.obo).toBe((await auth.getLimitedUserToken(stored)).token);
    expect(installation.events.at(-1)).toEqual({
      type: 'delegated',
      pluginId: 'scaffolder',
      targetPluginId: 'catalog',
      principal: `{"type":"user","userEntityRef":"${JANE}"}`,
    });
  });

  it('of a user whom another plugin acts for work too', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const obo = installation.limitedUserToken();
    const stored = revive(await auth.authenticate(installation.pluginToken({ obo })));
    expect(decode(await issue(auth, stored)).payload.obo).toBe(obo);
  });

  it('that name another user than their token are refused', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const stored = revive(await auth.authenticate(installation.userToken()));
    for (const userEntityRef of ['user:default/admin', 'User:default/jane', undefined, null, {}]) {
      const changed = { ...stored, principal: { type: 'user', userEntityRef } };
      const calls = [() => issue(auth, changed), () => auth.getLimitedUserToken(changed as never)];
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({
          ...illegalToken('AUTH_CLAIM_INVALID'),
          reason: `the stored credentials name another user than their token, which is "${JANE}"'s; store credentials unchanged`,
        });
      }
    }
  });

  it.each<[string, (it: Installation) => unknown, string]>([
    ['forged', it => it.userToken({}, {}, createKey('user-key')), 'AUTH_SIGNATURE_INVALID'],
    ['expired', it => it.userToken({ iat: it.now - 9, exp: it.now - 1 }), 'AUTH_TOKEN_EXPIRED'],
    ['of another kind', it => it.pluginToken({ sub: JANE }), 'AUTH_TOKEN_TYPE_UNKNOWN'],
    ['no token', () => 'x', 'AUTH_TOKEN_MALFORMED'],
  ])('are refused if the token in them is %s', async (_, tokenOf, code) => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const stored = revive(await auth.authenticate(installation.userToken()));
    const changed = { ...stored, token: tokenOf(installation) };
    await expect(issue(auth, changed)).rejects.toMatchObject(
      illegalToken(code as 'AUTH_TOKEN_EXPIRED'),
    );
  });

  it('of a service prove nothing, whatever they say of themselves', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const own = await auth.getOwnServiceCredentials();
    const forged: unknown[] = [
      { ...own },
      JSON.parse(JSON.stringify(own)),
      { ...JSON.parse(JSON.stringify(own)), token: installation.userToken() },
      { ...JSON.parse(JSON.stringify(own)), toString: 'backstageCredentials{}' },
    ];
    for (const credentials of forged) {
      await expect(issue(auth, credentials as BackstageCredentials)).rejects.toMatchObject({
        name: 'NotAllowedError',
        code: 'AUTH_DELEGATION_NOT_ALLOWED',
        message: 'This call may not be made for its caller',
        reason:
          'service credentials that come out of JSON prove nothing; use getOwnServiceCredentials, or the credentials of the request, ' +
          'or set backend.auth.dangerouslyAllowStoredServiceCredentials',
      });
    }
  });

  it('of a service are taken at their word where that is configured, if they are not restricted', async () => {
    const installation = new Installation({
      auth: { dangerouslyAllowStoredServiceCredentials: true, externalAccess: restrictedAccess },
    });
    const auth = await installation.plugin();
    const own = revive(await auth.getOwnServiceCredentials());
    expect(decode(await issue(auth, own)).payload).toMatchObject({
      sub: 'scaffolder',
      aud: 'catalog',
    });
    const restricted = await auth.authenticate(STATIC_TOKEN);
    expect(await issue(auth, restricted, 'catalog')).toEqual(expect.any(String));
    // How far the caller may go on is not in the JSON.
    await expect(issue(auth, revive(restricted), 'catalog')).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_DELEGATION_NOT_ALLOWED',
      message: 'This call may not be made for its caller',
      reason: 'the access restrictions of "ci" do not include the plugin "catalog"',
    });
    // Of a user it says nothing.
    const user = revive(await auth.authenticate(installation.userToken()));
    const changed = { ...user, principal: { ...user.principal, userEntityRef: 'user:default/x' } };
    await expect(issue(auth, changed)).rejects.toMatchObject(illegalToken('AUTH_CLAIM_INVALID'));
  });

  it('of a principal that cannot be printed do no harm', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const stored = revive(await auth.authenticate(installation.userToken()));
    const principal = { ...stored.principal, toString: 1, valueOf: 1 };
    await expect(issue(auth, { ...stored, principal })).resolves.toEqual(expect.any(String));
  });
});
