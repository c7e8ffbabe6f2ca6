import {
  cookiePath,
  expressVersions,
  jane,
  janesCookie,
  janesToken,
  loadExpress,
  startPlugin,
} from '../testing/expressPlugin';

describe.each(expressVersions)('the cookie routes on %s', name => {
  const express = loadExpress(name);
  afterEach(express.stop);

  it('issue the cookie to a user, beside other cookies', async () => {
    const { send } = await startPlugin(express);
    const answer = await send(`GET ${cookiePath}`, jane);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ expiresAt: '2030-01-01T01:00:00.000Z' });
    expect(answer.headers['set-cookie']).toEqual([
      'theme=dark',
      `backstage-auth=${janesToken}; Path=/; Max-Age=3600; Expires=Tue, 01 Jan 2030 01:00:00 GMT; ` +
        'HttpOnly; Secure; Priority=High; SameSite=None',
    ]);
    expect(answer.headers['cache-control']).toEqual(['no-store']);
    expect(answer.headers.vary).toEqual(['Cookie, Authorization']);
  });

  it('leave a good cookie in place', async () => {
    const { send } = await startPlugin(express);
    const answer = await send(`GET ${cookiePath}`, jane, janesCookie);
    expect(JSON.parse(answer.text)).toEqual({ expiresAt: '2030-01-01T01:00:00.000Z' });
    expect(answer.headers['set-cookie']).toEqual(['theme=dark']);
    expect(answer.headers['cache-control']).toEqual(['no-store']);
  });

  it('drop the cookie, in both of its forms', async () => {
    const { send } = await startPlugin(express);
    const answer = await send(`DELETE ${cookiePath}`, jane, janesCookie);
    const rest =
      'Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Priority=High; SameSite=None';
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers['set-cookie']).toEqual([
      'theme=dark',
      `backstage-auth=; ${rest}`,
      `backstage-auth=; Domain=backend.example.com; ${rest}`,
    ]);
    expect(answer.headers['cache-control']).toEqual(['no-store']);
  });

  it.each([
    ['GET', [], 401],
    ['GET', [janesCookie], 401],
    ['DELETE', [], 401],
    ['DELETE', [janesCookie], 401],
    ['GET', ['Authorization: Bearer service.x'], 403],
    ['POST', [jane], 200],
  ])('answer %s with %j by %d', async (method, headers, status) => {
    const { send } = await startPlugin(express);
    const answer = await send(`${method} ${cookiePath}`, ...headers);
    expect(answer.status).toBe(status);
    expect(answer.headers['set-cookie']).toEqual(['theme=dark']);
  });

  it('do not let a cookie renew itself where the cookie opens the whole plugin', async () => {
    const { send } = await startPlugin(express, {
      policies: [{ path: '/', allow: 'user-cookie' }],
    });
    expect((await send(`GET ${cookiePath}`, janesCookie)).status).toBe(401);
  });
});
