import { createAuthBackend, createUserTokenIssuer } from './index';
it('works', async () => {
  const discovery = { getBaseUrl: async (id: string) => `http://127.0.0.1:1/api/${id}`, getExternalBaseUrl: async (id: string) => `http://127.0.0.1:1/api/${id}` };
  const issuer = await createUserTokenIssuer({ issuer: 'http://localhost/api/auth' });
  const backend = createAuthBackend({ discovery, userTokenIssuer: issuer, config: { backend: { auth: { externalAccess: [{ type: 'static', options: { token: 'abcdefgh', subject: 'ci' } }] } } } });
  const a = await backend.forPlugin('a');
  const b = await backend.forPlugin('b');
  const { token } = await a.getPluginRequestToken({ onBehalfOf: await a.getOwnServiceCredentials(), targetPluginId: 'b' });
  expect(String(await b.authenticate(token))).toBe('backstageCredentials{servicePrincipal{plugin:a}}');
  await expect(a.authenticate(token)).rejects.toMatchObject({ code: 'AUTH_AUDIENCE_MISMATCH', message: 'Illegal token' });
  const user = await issuer.issueToken({ claims: { sub: 'user:default/jane' } });
  const u = await a.authenticate(user.token);
  const obo = await a.getPluginRequestToken({ onBehalfOf: u, targetPluginId: 'b' });
  const c = await b.authenticate(obo.token);
  expect(String(c)).toBe('backstageCredentials{userPrincipal{user:default/jane,actor={servicePrincipal{plugin:a}}}}');
  expect(await backend.userInfo().getUserInfo(c)).toEqual({ userEntityRef: 'user:default/jane', ownershipEntityRefs: ['user:default/jane'] });
  expect(String(await b.authenticate('abcdefgh'))).toBe('backstageCredentials{servicePrincipal{ci}}');
  await b.authenticate('nonsense').catch(e => console.log(e, JSON.stringify(e), e.reason));
});
