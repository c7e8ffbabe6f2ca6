import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Answers a request for a key set, well or badly. */
export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

/** A host on loopback that publishes key sets, as badly as a test says; it counts connections and requests. */
export class KeyHost {
  /** How requests are answered from now on. */
  behave: Behaviour = publish();
  connections = 0;
  readonly requests: IncomingMessage[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #host: string;
  #noteRequest = () => {};

  constructor(host = '127.0.0.1') {
    this.#host = host;
    this.#server = createServer((request, response) => {
      this.requests.push(request);
      this.behave(response, request);
      this.#noteRequest();
    });
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on('connection', socket => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  async start(): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(0, this.#host, resolve));
    return this;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://${this.#host.includes(':') ? `[${this.#host}]` : this.#host}:${port}`;
  }

  /** Resolves when the next request has come. */
  nextRequest(): Promise<void> {
    return new Promise(resolve => (this.#noteRequest = resolve));
  }

  /** Resolves when the other side has closed the connection of the last request. */
  async hungUp(): Promise<void> {
    const socket = this.requests.at(-1)?.socket;
    if (!socket) throw new Error('there was no request');
    if (!socket.destroyed) await new Promise(resolve => socket.once('close', resolve));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }
}

/** Publishes keys. */
export function publish(...keys: unknown[]): Behaviour {
  return response => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys }));
  };
}
