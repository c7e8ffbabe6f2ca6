import { limitedToken, startOfTests } from '../testing/FakeAuthService';
import { handshake, startUpgradeServer, stop } from '../testing/upgradeServer';

const named = 'X-Request-Id: request-1';
const jane = 'Authorization: Bearer user.jane';

let server: Awaited<ReturnType<typeof startUpgradeServer>>;
beforeEach(async () => {
  server = await startUpgradeServer();
});
afterEach(() => stop(server.server, server.sockets));

/** Asserts that one refusal was recorded, alike for log and audit. */
function expectRecorded(code: string, reason: string): void {
  const event = { type: 'refused', pluginId: 'test', code, reason, correlationId: 'request-1' };
  expect(server.events).toEqual([event]);
  expect(server.lines).toEqual([
    ['warn', `Refused by the plugin test: ${reason}`, { code, correlationId: 'request-1' }],
  ]);
}

describe('the log and the audit hook are told, once,', () => {
  it.each([
    ['another method', 'the method "POST"', ['POST /socket', ...handshake, 'Content-Length: 0']],
    ['HTTP/1.0', 'HTTP/1.0', ['GET /socket HTTP/1.0', ...handshake]],
    ['another protocol', 'another Upgrade header', ['GET /', 'Connection: Upgrade', 'Upgrade: x']],
    ['a body', 'a body', ['GET /socket', ...handshake, 'Content-Length: 5']],
  ])('of %s', async (_, found, lines) => {
    expect((await server.open(...lines, jane, named).answer).status).toBe(400);
    expectRecorded(
      'AUTH_REQUEST_AMBIGUOUS',
      `expected the upgrade to a WebSocket: GET, HTTP/1.1, "Upgrade: websocket", no body; found ${found}`,
    );
  });

  it('of credentials that expire while they are checked', async () => {
    const { auth, clock } = server;
    const authenticate = auth.authenticate.bind(auth);
    auth.authenticate = async (...call) => {
      const credentials = await authenticate(...call);
      clock.advance(1_000);
      return credentials;
    };
    const cookie = `Cookie: backstage-auth=${limitedToken('jane', startOfTests + 1_000)}`;
    const { status } = await server.upgrade(cookie, named, 'Sec-Fetch-Site: same-origin').answer;
    expect(status).toBe(401);
    expectRecorded('AUTH_TOKEN_EXPIRED', 'the credentials expired while they were checked');
    expect(server.admitted).toEqual([]);
  });

  it('of what the request service refuses, which records it itself', async () => {
    expect((await server.upgrade(named).answer).status).toBe(401);
    expectRecorded(
      'AUTH_CREDENTIALS_MISSING',
      'expected user or service credentials, the request carries none; send a token as Authorization: Bearer, or allow none',
    );
  });

  it('LOG-04: of a thousand requests that open nothing, in a few lines', async () => {
    for (let request = 0; request < 1_000; request += 50) {
      const peers = Array.from({ length: 50 }, (_, index) =>
        server.open(`GET /${request + index}`, 'Connection: Upgrade', 'Upgrade: x'),
      );
      await Promise.all(peers.map(peer => peer.answer));
    }
    expect(server.events).toHaveLength(1_000);
    expect(server.lines).toHaveLength(1);
    server.clock.advance(10_000);
    expect(server.lines).toHaveLength(2);
    expect(server.lines[1]?.[2]).toMatchObject({ count: 999 });
    expect(server.clock.pendingTimers).toBe(0);
  });
});

describe('a request service of another make', () => {
  it('need not record', async () => {
    await stop(server.server, server.sockets);
    const credentials = () =>
      Promise.reject(Object.assign(new Error('no'), { name: 'NotAllowedError' }));
    const httpAuth = { credentials, issueUserCookie: () => Promise.reject(new Error('unused')) };
    server = await startUpgradeServer({ httpAuth });
    expect((await server.upgrade(jane).answer).status).toBe(403);
    expect((await server.open('GET /', 'Connection: Upgrade', 'Upgrade: x').answer).status).toBe(
      400,
    );
  });
});

describe('a dead cookie', () => {
  it('CKE-10: is dropped with the answer', async () => {
    const cookie = `Cookie: backstage-auth=${limitedToken('jane', startOfTests)}`;
    const { status, headers } = await server.upgrade(cookie, 'Sec-Fetch-Site: same-origin').answer;
    expect(status).toBe(401);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^backstage-auth=; Path=\/; Expires=Thu, 01 Jan 1970 /),
      expect.stringMatching(/^backstage-auth=; Domain=backend\.example\.com; Path=\/; /),
    ]);
    expect(headers['cache-control']).toEqual(['no-store']);
  });
});
