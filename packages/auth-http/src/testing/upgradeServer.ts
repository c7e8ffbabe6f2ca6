import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { BackstagePrincipalTypes } from '@stagepass/auth-node';
import { createUpgradeAuth, type UpgradeAuthOptions } from '../adapters/websocket';
import { parseAnswer, type RawAnswer } from './rawRequest';
import { setUpHttpAuth } from './setUpHttpAuth';

export const handshake = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** The two ends of what was upgraded, and the farewell to say at the expiry. */
export interface Admitted {
  readonly socket: Duplex;
  readonly principal: unknown;
  onExpiry(farewell: () => void): void;
}

/**
 * Starts a server whose upgrades are decided about, and which answers an admitted one with 101 and whatever is
 * written to its socket afterwards.
 */
export async function startUpgradeServer<
  TAllowed extends keyof BackstagePrincipalTypes = 'user' | 'service',
>(options: Partial<UpgradeAuthOptions<TAllowed>> & Parameters<typeof setUpHttpAuth>[0] = {}) {
  const { auth, clock, httpAuth, events, lines } = setUpHttpAuth(options);
  const errors: unknown[] = [];
  const upgradeAuth = createUpgradeAuth<TAllowed>({
    httpAuth,
    clock,
    onError: error => void errors.push(error),
    ...options,
  });
  const server = createServer((_req, res) => void res.writeHead(404).end());
  const admitted: Admitted[] = [];
  /** The sockets of all upgrades, in order. */
  const sockets: Duplex[] = [];
  let accept: (upgrade: Admitted) => unknown = () => undefined;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    sockets.push(socket);
    upgradeAuth.admit(request, socket, ({ credentials, onExpiry }) => {
      const upgrade = { socket, principal: credentials.principal, onExpiry };
      admitted.push(upgrade);
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      return accept(upgrade);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{ auth, clock, events, lines, errors, server, admitted, sockets, upgradeAuth },
    /** Says what is done with a socket that was admitted. */
    onAdmitted(callback: (upgrade: Admitted) => unknown) {
      accept = callback;
    },
    open: (...lines: string[]) => openRaw(server, ...lines),
    upgrade: (...lines: string[]) => openRaw(server, 'GET /socket', ...handshake, ...lines),
  };
}

/** The client's end of a socket. */
export interface RawPeer {
  readonly socket: Socket;
  /** What has come, once so much of it is there. */
  receive(text: string): Promise<string>;
  /** What has come, once the other side has closed. */
  readonly answer: Promise<RawAnswer>;
}

/** Sends a request exactly as written, and keeps the socket open. */
export function openRaw(server: Server, ...lines: string[]): RawPeer {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const [requestLine = '', ...headers] = lines;
  const first = / HTTP\/\d/.test(requestLine) ? requestLine : `${requestLine} HTTP/1.1`;
  socket.write(`${[first, 'Host: localhost', ...headers].join('\r\n')}\r\n\r\n`, 'latin1');
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => void (received += text));
  return {
    socket,
    async receive(text) {
      while (!received.includes(text)) {
        await new Promise((resolve, reject) => {
          socket.once('data', resolve).once('close', () => reject(new Error(received)));
        });
      }
      return received;
    },
    answer: new Promise((resolve, reject) => {
      socket.on('error', reject).on('close', () => resolve(parseAnswer(received)));
    }),
  };
}

/** Resolves when a socket has closed. */
export async function closed(socket: Duplex | undefined): Promise<void> {
  if (socket?.closed === false) await new Promise(resolve => socket.once('close', resolve));
}

/** Closes a server and every socket that it knows of. */
export async function stop(server: Server, sockets: readonly Duplex[] = []): Promise<void> {
  sockets.forEach(socket => socket.destroy());
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
}
