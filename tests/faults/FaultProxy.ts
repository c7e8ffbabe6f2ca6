import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import type { Clock } from '@stagepass/auth-node';
import { systemClock } from '@stagepass/auth-node/internal';

/** What can be wrong with a connection. */
export type Fault =
  /** What is sent comes late, each time by something else. */
  | { readonly kind: 'latency'; readonly milliseconds: number; readonly jitter: number }
  /** The connection is reset when so many bytes of an answer have come. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** Open connections are reset, and new ones at once. */
  | { readonly kind: 'refuse' }
  /** Connections are taken, and nothing comes until the fault is over; then all of it. */
  | { readonly kind: 'hang' }
  /** Whoever is or gets connected talks to nobody, and is not told so: not even when the fault is over. */
  | { readonly kind: 'half-open' }
  /** An answer comes in drops. */
  | { readonly kind: 'drip'; readonly bytesPerSecond: number };

/** How often a drop falls, in milliseconds. */
const DROP_EVERY = 50;

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  dead: boolean;
  answered: number;
}

/** A TCP proxy before a server, which does to connections what networks and hosts do to them. */
export class FaultProxy {
  readonly #target: { readonly port: number; readonly host: string };
  readonly #random: () => number;
  readonly #clock: Clock;
  readonly #connections = new Set<Connection>();
  readonly #server = createServer({ allowHalfOpen: true }, client => this.#take(client));
  #fault: Fault | undefined;
  #wake: Array<() => void> = [];

  /** @param random - numbers from 0 to 1, by which the same faults are the same again */
  constructor(options: { port: number; host?: string; random: () => number; clock?: Clock }) {
    const { port, host = '127.0.0.1', random, clock = systemClock } = options;
    this.#target = { port, host };
    this.#random = random;
    this.#clock = clock;
  }

  /** Resolves to the port at which the proxy listens on loopback. */
  async start(): Promise<number> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Puts a fault in the place of the one before. */
  set(fault: Fault): void {
    this.#change(fault);
    for (const connection of this.#connections) {
      if (fault.kind === 'half-open') connection.dead = true;
      if (fault.kind === 'refuse') this.#reset(connection);
    }
  }

  /** Ends the fault. */
  heal(): void {
    this.#change(undefined);
  }

  async stop(): Promise<void> {
    this.#change(undefined);
    for (const { client, server } of this.#connections) {
      client.destroy();
      server.destroy();
    }
    await new Promise(resolve => this.#server.close(resolve));
  }

  #change(fault: Fault | undefined): void {
    this.#fault = fault;
    for (const wake of this.#wake.splice(0)) wake();
  }

  #take(client: Socket): void {
    client.on('error', () => {});
    if (this.#fault?.kind === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.#target, allowHalfOpen: true });
    server.on('error', () => {});
    const dead = this.#fault?.kind === 'half-open';
    const connection = { client, server, dead, answered: 0 };
    this.#connections.add(connection);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('close', () => {
        // Who gives up a dead connection must not use up those of the server.
        if (!connection.dead || from === client) to.destroy();
        if (client.destroyed && server.destroyed) this.#connections.delete(connection);
      });
      void this.#pass(connection, from, to);
    }
  }

  /** Passes on what one side says, to its end. */
  async #pass(connection: Connection, from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from) await this.#send(connection, to, chunk as Buffer);
      await this.#send(connection, to, undefined);
    } catch {
      // A connection that broke is told to the other side as such.
      if (!connection.dead) to.destroy();
    }
  }

  /** Sends bytes, or the end, as far as the fault lets them. */
  async #send(connection: Connection, to: Socket, bytes: Buffer | undefined): Promise<void> {
    const { client } = connection;
    let rest = bytes;
    if (this.#fault?.kind === 'latency') await this.#delay(this.#fault);
    for (;;) {
      const fault = this.#fault;
      if (connection.dead || to.destroyed) return;
      if (fault?.kind === 'hang') {
        await new Promise<void>(resolve => this.#wake.push(resolve));
        continue;
      }
      if (!rest) {
        to.end();
        return;
      }
      if (to === client && fault?.kind === 'reset') {
        const left = fault.afterBytes - connection.answered;
        if (rest.length > left) {
          this.#reset(connection);
          return;
        }
      }
      const dripping = to === client && fault?.kind === 'drip' && fault;
      const size = dripping ? Math.ceil((dripping.bytesPerSecond * DROP_EVERY) / 1_000) : Infinity;
      const sent: Buffer = rest.subarray(0, size);
      rest = rest.subarray(sent.length);
      connection.answered += to === client ? sent.length : 0;
      await new Promise<void>(resolve => to.write(sent, () => resolve()));
      if (rest.length === 0) return;
      await this.#wait(DROP_EVERY);
    }
  }

  #delay({ milliseconds, jitter }: { milliseconds: number; jitter: number }): Promise<void> {
    return this.#wait(milliseconds + this.#random() * jitter);
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise(resolve => this.#clock.setTimeout(resolve, milliseconds));
  }

  #reset({ client, server }: Connection): void {
    client.resetAndDestroy();
    server.destroy();
  }
}
