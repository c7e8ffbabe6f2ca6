import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createAuthBackend } from '@stagepass/auth-backend';
import { createHttpAuthService } from '@stagepass/auth-http';
import { createUpgradeAuth } from '@stagepass/auth-http/websocket';
import { createTestAuthority, type TestAuthority } from '@stagepass/auth-test-utils';
import { WebSocket, WebSocketServer } from 'ws';

const JANE = 'user:default/jane';
const logger = { error() {}, warn() {}, info() {}, debug() {}, child: () => logger };

let authority: TestAuthority;
let server: Server;
let sockets: WebSocketServer;
let admitted: string[];
let errors: unknown[];

/** A plugin that answers each message with who is calling. */
beforeEach(async () => {
  [admitted, errors] = [[], []];
  authority = await createTestAuthority();
  const { discovery, fetch, clock } = authority;
  const backend = createAuthBackend({ discovery, fetch, clock, logger });
  const auth = await backend.forPlugin('live');
  const httpAuth = createHttpAuthService({ auth, discovery, pluginId: 'live', clock });
  const upgradeAuth = createUpgradeAuth({ httpAuth, clock, onError: error => errors.push(error) });

  sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  server = createServer((_req, res) => void res.writeHead(404).end());
  server.on('upgrade', (request, socket, head) => {
    upgradeAuth.admit(request, socket, ({ credentials, onExpiry }) => {
      admitted.push(String(credentials));
      sockets.handleUpgrade(request, socket, head, webSocket => {
        onExpiry(() => webSocket.close(4401, 'Credentials expired'));
        webSocket.on('message', () => webSocket.send(String(credentials)));
      });
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  sockets.clients.forEach(client => client.terminate());
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

function open(headers: Record<string, string>, protocols: string[] = []): WebSocket {
  const { port } = server.address() as AddressInfo;
  return new WebSocket(`ws://127.0.0.1:${port}/live`, protocols, { headers });
}

const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

/** Asks for a WebSocket over a bare socket, which never ends by itself. */
function handshakeBy({ authorization }: { authorization: string }, ...lines: string[]) {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const upgrade = ['GET / HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
  socket.write([...upgrade, `Authorization: ${authorization}`, ...lines, '', ''].join('\r\n'));
  return socket;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const cookie = (origin: string) => ({
  ...{ cookie: `backstage-auth=${authority.limitedUserToken(JANE)}` },
  origin,
});

async function ownOrigin(): Promise<string> {
  return new URL(await authority.discovery.getExternalBaseUrl('live')).origin;
}

describe('a WebSocket of the library ws', () => {
  it.each([
    ['a user', async () => bearer(authority.userToken(JANE)), `userPrincipal{${JANE}}`],
    [
      'a plugin',
      async () => bearer(authority.pluginToken({ from: 'search', to: 'live' })),
      'servicePrincipal{plugin:search}',
    ],
    [
      'a plugin on behalf of a user',
      async () => bearer(authority.pluginToken({ from: 'search', to: 'live', onBehalfOf: JANE })),
      `userPrincipal{${JANE},actor={servicePrincipal{plugin:search}}}`,
    ],
    [
      'the cookie of a page of the own origin',
      async () => cookie(await ownOrigin()),
      `userPrincipal{${JANE}}`,
    ],
  ])('is opened by %s', async (_, headers, principal) => {
    const client = open(await headers());
    await once(client, 'open');
    client.send('who am I?');
    const [answer] = await once(client, 'message');
    expect(String(answer)).toBe(`backstageCredentials{${principal}}`);
    client.close();
    await once(client, 'close');
    expect(authority.clock.pendingTimers).toBe(0);
    expect(errors).toEqual([]);
  });

  it.each([
    ['nobody', () => ({}), [], 401, ''],
    ['an expired token', () => bearer(authority.userToken(JANE, { expired: true })), [], 401],
    [
      'a token for another plugin',
      () => bearer(authority.pluginToken({ from: 'search', to: 'catalog' })),
      ...([[], 401] as const),
    ],
    ['HTTP-11 CKE-05 a foreign page', () => cookie('https://evil.example'), [], 401],
    ['HTTP-08 a token as protocol', () => ({}), ['bearer', 'user.jane'], 401, ''],
    [
      'a token whose keys are out of reach',
      () => {
        authority.goDown();
        return bearer(authority.userToken(JANE));
      },
      ...([[], 503] as const),
    ],
  ])(
    'is not opened by %s',
    async (_, headers, protocols, status, error = 'error="invalid_token"') => {
      const client = open(headers(), [...protocols]);
      const [request, response] = (await once(client, 'unexpected-response')) as [
        { destroy(): void },
        IncomingMessage,
      ];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      expect(response.statusCode).toBe(status);
      expect(response.headers['www-authenticate']).toBe(
        status === 401 ? ['Bearer realm="backend"', error].filter(Boolean).join(', ') : undefined,
      );
      expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({
        request: { method: 'GET', url: '/live' },
        response: { statusCode: status },
      });
      request.destroy();
      expect(admitted).toEqual([]);
      expect(errors).toEqual([]);
    },
  );

  it.each([
    ['a user', () => authority.userToken(JANE)],
    ['a plugin', () => authority.pluginToken({ from: 'search', to: 'live' })],
    [
      'a plugin on behalf of a user',
      () => authority.pluginToken({ from: 'search', to: 'live', onBehalfOf: JANE }),
    ],
  ])('is closed with a code of its own when the token of %s expires', async (_, token) => {
    const client = open(bearer(token()));
    await once(client, 'open');
    authority.advanceTime({ minutes: 59, seconds: 59 });
    client.send('still here');
    await once(client, 'message');
    authority.advanceTime({ seconds: 1 });
    const [code, reason] = (await once(client, 'close')) as [number, Buffer];
    expect([code, String(reason)]).toEqual([4401, 'Credentials expired']);
    expect(errors).toEqual([]);
  });

  it('is closed at the expiry without the consent of the client', async () => {
    const peer = handshakeBy(bearer(authority.userToken(JANE)), 'Sec-WebSocket-Version: 13', key);
    await once(peer, 'data');
    const [webSocket] = sockets.clients;
    const closed = webSocket && once(webSocket, 'close');
    authority.advanceTime({ hours: 1 });
    // Neither a close frame nor the end of the connection has come from the client.
    await closed;
    expect(authority.clock.pendingTimers).toBe(0);
    peer.destroy();
  });

  it('leaves no timer behind where the library refuses the handshake of a good caller', async () => {
    const peer = handshakeBy(bearer(authority.userToken(JANE)));
    const [answer] = (await once(peer, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    peer.destroy();
    while (authority.clock.pendingTimers > 0) await new Promise(resolve => setImmediate(resolve));
    expect(admitted).toHaveLength(1);
  });
});
