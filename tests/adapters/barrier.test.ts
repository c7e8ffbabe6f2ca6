import { jane, janesCookie } from '../../packages/auth-http/src/testing/expressPlugin';
import { describeAdapters } from './adapters';

const keySet = '/api/test/.backstage/auth/v1/jwks.json';

describeAdapters('the barrier', start => {
  it('serves the key set to anyone, to be checked again each time', async () => {
    const { auth, send } = await start({});
    const answer = await send(`GET ${keySet}?x=1`, 'Authorization: Basic x');
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"keys":[{"kid":"k1"}]}');
    expect(answer.headers['cache-control']).toEqual(['no-cache']);
    expect(answer.headers['content-type']).toEqual(['application/json; charset=utf-8']);
    expect(await send(`HEAD ${keySet}`)).toMatchObject({ status: 200, text: '' });
    expect(auth.verified).toEqual([]);
  });

  it.each([`POST ${keySet}`, `GET ${keySet}/x`, `GET ${keySet}.bak`])(
    'opens nothing beside the key set: %s',
    async line => {
      const { send } = await start({});
      expect((await send(line)).status).toBe(401);
    },
  );

  it.each([
    [jane, { type: 'user', userEntityRef: 'user:default/jane' }],
    ['authorization: BEARER service.catalog', { type: 'service', subject: 'plugin:catalog' }],
    ['Authorization: Bearer   behalf.jane', expect.objectContaining({ type: 'user' })],
  ])('lets %s pass and verifies it once', async (header, principal) => {
    const { auth, send } = await start({});
    const answer = await send('GET /api/test/x', header);
    expect(JSON.parse(answer.text)).toEqual({ handler: 'private', principal });
    expect(auth.verified).toHaveLength(1);
  });

  it('looks at no header and no cookie on an open path', async () => {
    const { auth, send } = await start({
      policies: [{ path: '/public', allow: 'unauthenticated' }],
    });
    const headers = ['Authorization: Basic x', 'Authorization: Bearer junk', janesCookie];
    const answer = await send('GET /api/test/public/x', ...headers);
    expect(JSON.parse(answer.text)).toEqual({ handler: 'public' });
    expect(auth.verified).toEqual([]);
  });

  it('accepts the cookie where a policy says so, and there alone', async () => {
    const { send } = await start({ policies: [{ path: '/view', allow: 'user-cookie' }] });
    expect(JSON.parse((await send('GET /api/test/view', janesCookie)).text)).toEqual({
      handler: 'view',
      principal: { type: 'user', userEntityRef: 'user:default/jane' },
    });
    expect((await send('GET /api/test/view')).status).toBe(401);
    expect((await send('GET /api/test/private', janesCookie)).status).toBe(401);
  });

  it('opens everything, for none too, where the default policy is disabled', async () => {
    const config = { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: true } } };
    const { send } = await start({ config });
    for (const header of ['X: y', 'Authorization: Bearer', 'Authorization: Bearer ']) {
      const answer = await send('GET /api/test/x', header);
      expect(JSON.parse(answer.text)).toEqual({ handler: 'private', principal: { type: 'none' } });
    }
    expect((await send('GET /api/test/x', 'Authorization: Bearer junk')).status).toBe(401);
    expect((await send('GET /api/test/.backstage/auth/v1/cookie')).status).toBe(401);
  });

  it.each([undefined, null, '', 0, 'route', 'router'])(
    'lets nobody pass when it cannot be asked, whatever it is rejected with: %j',
    async reason => {
      const failing = () => Promise.reject(reason as unknown as Error);
      const { auth, send } = await start({});
      auth.authenticate = failing;
      const answer = await send('GET /api/test/public', jane);
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain('"handler":');
    },
  );

  it.each([
    [{ config: { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: 'perhaps' } } } }],
    [{ policies: [{ path: 'health', allow: 'unauthenticated' as const }] }],
  ])('does not start with what it cannot read: %j', async options => {
    await expect(start(options)).rejects.toMatchObject({ code: 'AUTH_CONFIG_INVALID' });
  });
});
