import { jane, janesCookie } from '../../packages/auth-http/src/testing/expressPlugin';
import { limited } from '../../packages/auth-http/src/testing/setUpHttpAuth';
import { describeAdapters } from './adapters';

const policies = [
  { path: '/view', allow: 'user-cookie' as const },
  { path: '/public', allow: 'unauthenticated' as const, methods: ['GET'] },
];

describeAdapters('headers', start => {
  it('HTTP-01: asks who sends none for a bearer, where credentials are needed', async () => {
    const { auth, send } = await start({ policies });
    for (const path of ['', '/', '/x', '/view', '/user', '/.backstage/auth/v1/cookie']) {
      const answer = await send(`GET /api/test${path}`);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toEqual(['Bearer realm="backend"']);
      expect(answer.text).toContain('"message":"Missing credentials"');
    }
    expect((await send('GET /api/test/public')).text).toBe('{"handler":"public"}');
    expect(auth.verified).toEqual([]);
  });

  it.each([
    'Authorization: Bearer',
    'Authorization: Bearer ',
    'Authorization:',
    'Authorization: Bearer a b',
    'Authorization: Bearer\tuser.jane',
    'Authorization: Basic x',
    'Authorization: Bearer user.jane,Bearer user.jane',
    'Authorization: Bearer user.jane, Bearer user.jane',
    'authorization: bearer:user.jane',
    'Authorization: user.jane',
    'Authorization: Bearer user.j\u00e9',
    'Authorization: Bearer\u00a0user.jane',
    'Authorization: Bearer user.jane\r\nAuthorization: Bearer user.jane',
    'Authorization: Bearer user.jane\r\nAUTHORIZATION: Basic x',
    'Authorization: \r\nAuthorization: Bearer user.jane',
  ])('HTTP-02, HTTP-04: refuses %j, also beside a good cookie', async header => {
    const { auth, send } = await start({ policies });
    for (const path of ['/x', '/view', '/.backstage/auth/v1/cookie']) {
      const answer = await send(`GET /api/test${path}`, header, janesCookie);
      expect(answer.status).toBe(401);
      expect(answer.text).toContain('"message":"Malformed or ambiguous credentials"');
    }
    expect(auth.verified).toEqual([]);
    expect((await send('GET /api/test/public', header)).text).toBe('{"handler":"public"}');
  });

  it.each([
    'Authorization: Bearer  user.jane',
    'Authorization: BEARER user.jane',
    'Authorization: bearer user.jane  ',
    'Authorization:Bearer user.jane\t',
  ])('HTTP-04: accepts %j', async header => {
    const { send } = await start({});
    expect((await send('GET /api/test/user', header)).status).toBe(200);
  });

  it('HTTP-05: refuses long headers, and Node the longest', async () => {
    const { auth, send } = await start({});
    const status = async (value: string) =>
      (await send('GET /api/test/x', `Authorization: ${value}`)).status;
    for (const length of [8_192, 16_100]) {
      expect(await status(`Bearer ${'a'.repeat(length)}`)).toBe(401);
      expect(await status(`Bearer ${' '.repeat(length)}x y`)).toBe(401);
      expect(await status(' '.repeat(length))).toBe(401);
    }
    expect(auth.verified).toHaveLength(2);
    for (const length of [16_486, 102_400]) {
      expect(await status(`Bearer ${'a'.repeat(length)}`)).toBe(431);
      expect(await status(`Bearer ${' '.repeat(length)}x`)).toBe(431);
      // The parser counts no blanks before a value.
      expect(await status(' '.repeat(length))).toBe(401);
    }
    expect(auth.verified).toHaveLength(2);
  });

  it('HTTP-06: takes the bearer where a cookie of another user came too', async () => {
    const { send } = await start({ policies });
    const cookie = `Cookie: backstage-auth=${limited('bob')}`;
    for (const path of ['/view', '/user']) {
      const answer = await send(`GET /api/test${path}`, jane, cookie);
      expect(answer.text).toContain('"userEntityRef":"user:default/jane"');
    }
  });

  it('HTTP-07: lets no header about another path, method, host or caller change anything', async () => {
    const { send } = await start({ policies });
    const misleading = [
      'X-Original-URL: /api/test/public',
      'X-Rewrite-URL: /api/test/public',
      'X-Envoy-Original-Path: /api/test/public',
      'X-Forwarded-Prefix: /api/test/public',
      'X-Forwarded-Uri: /api/test/public',
      'X-Forwarded-Host: localhost/api/test/public?',
      'X-Forwarded-User: user:default/root',
      'X-HTTP-Method-Override: GET',
      'X-Middleware-Subrequest: src/middleware',
      'Forwarded: for=127.0.0.1;host="localhost/api/test/public"',
    ];
    expect((await send('GET /api/test/x', ...misleading)).status).toBe(401);
    expect((await send('POST /api/test/public', ...misleading)).status).toBe(401);
    const answer = await send('GET /api/test/user', jane, ...misleading);
    expect(answer.text).toContain('"userEntityRef":"user:default/jane"');
  });

  it.each(['localhost/api/test/public?', 'localhost#', 'localhost\\public', 'a@b', ''])(
    'HTTP-07: lets the host %j open nothing',
    async host => {
      const { send } = await start({ policies });
      const answer = await send('GET /api/test/x', `Host: ${host}`);
      expect(answer.text).not.toContain('"handler":');
    },
  );

  it('HTTP-07: lets no header of a proxy make an origin ours, or a cookie less secure', async () => {
    const { send } = await start({ policies });
    const misleading = [
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Port: 80',
      'X-Forwarded-For: 127.0.0.1',
      'X-Real-IP: 127.0.0.1',
      'X-Host: evil.example',
      'Forwarded: proto=http;host=evil.example',
      'Referer: https://backend.example.com/',
    ];
    const foreign = ['Origin: http://evil.example', 'Content-Length: 0', janesCookie];
    expect((await send('POST /api/test/view', ...foreign, ...misleading)).status).toBe(401);
    const answer = await send('GET /api/test/.backstage/auth/v1/cookie', jane, ...misleading);
    const [line] = (answer.headers['set-cookie'] ?? []).filter(it => it.startsWith('backstage'));
    expect(line).toMatch(/; HttpOnly; Secure; Priority=High; SameSite=None$/);
    expect(line).not.toContain('Domain');
  });

  it('HTTP-08: takes a token from nowhere else', async () => {
    const { send } = await start({ policies });
    const body = 'access_token=user.jane';
    const elsewhere = [
      'X-Access-Token: user.jane',
      'Proxy-Authorization: Bearer user.jane',
      'Cookie: access_token=user.jane; authorization=user.jane',
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      `\r\n${body}`,
    ];
    const answer = await send(
      'POST /api/test/x?token=user.jane&access_token=user.jane',
      ...elsewhere,
    );
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('"message":"Missing credentials"');
  });

  it.each([
    'Authorization : Bearer user.jane',
    'Authorization: Bearer user.\rjane',
    'Authorization: Bearer user.\u0000jane',
    'Authori\u0000zation: Bearer user.jane',
    ' Authorization: Bearer user.jane',
    'Content-Length: 0\r\nContent-Length: 1',
    'Content-Length: 1\r\nTransfer-Encoding: chunked',
  ])('HTTP-09: gives %j to nobody', async header => {
    const { auth, send } = await start({ policies });
    expect((await send('GET /api/test/user', 'X: y', header)).status).toBe(400);
    expect(auth.verified).toEqual([]);
  });

  it.each([
    'Authorization: Bearer\r\n user.jane',
    'Authorization: Bearer\r\n\tuser.jane',
    'Authorization:\r\n Bearer user.jane',
    'Authorization: Bearer user.jane\r\n x',
    'X: y\r\n Authorization: Bearer user.jane',
  ])('HTTP-09: gives the folded header %j to nobody', async header => {
    const { auth, send } = await start({ policies });
    expect((await send('GET /api/test/user', header)).status).toBe(400);
    expect(auth.verified).toEqual([]);
  });

  it('HTTP-11: an event stream begins with credentials, or not at all', async () => {
    const { send } = await start({ policies });
    const stream = ['Accept: text/event-stream', 'Cache-Control: no-cache', 'Last-Event-ID: 1'];
    const answer = await send('GET /api/test/x', ...stream);
    expect(answer.status).toBe(401);
    expect(answer.headers['content-type']).toEqual(['application/json; charset=utf-8']);
    expect((await send('GET /api/test/view', ...stream)).status).toBe(401);
    expect((await send('GET /api/test/view', ...stream, janesCookie)).status).toBe(200);
    expect((await send('GET /api/test/x', ...stream, jane)).status).toBe(200);
  });

  it('HTTP-11: an upgrade needs what every request does, and with a cookie an origin', async () => {
    const { send } = await start({ policies });
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket'];
    const status = async (path: string, ...headers: string[]) =>
      (await send(`GET /api/test${path}`, ...upgrade, ...headers)).status;
    expect(await status('/x')).toBe(401);
    expect(await status('/view', janesCookie)).toBe(401);
    expect(await status('/view', janesCookie, 'Origin: https://evil.example')).toBe(401);
    expect(await status('/view', janesCookie, 'Origin: https://backend.example.com')).toBe(200);
    expect(await status('/x', jane)).toBe(200);
  });
});
