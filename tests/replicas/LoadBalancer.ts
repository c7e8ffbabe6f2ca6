import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A load balancer that gives each request to the next replica in turn, and to the one after it when there is
 * no answer. It is not told that a replica died.
 */
export class LoadBalancer {
  /** The ports of the replicas. */
  readonly ports: number[] = [];
  /** Why requests were passed on. */
  readonly reasons: string[] = [];
  #turn = 0;
  #failovers = 0;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer({ keepAliveTimeout: 0 }, (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => this.#pass(req, Buffer.concat(chunks), res, this.ports.length));
  });

  async start(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many requests a replica did not answer. */
  get failovers(): number {
    return this.#failovers;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #pass(req: IncomingMessage, body: Buffer, res: ServerResponse, attempts: number): void {
    if (attempts === 0) {
      res.writeHead(502).end();
      return;
    }
    const port = this.ports[this.#turn++ % this.ports.length];
    const { method, url: path } = req;
    const options = { port, host: '127.0.0.1', method, path, agent: this.#agent };
    let passedOn = false;
    const passOn = (error: Error) => {
      if (passedOn) return;
      this.reasons.push(String(error));
      passedOn = true;
      this.#failovers += 1;
      this.#pass(req, body, res, attempts - 1);
    };
    const forward = request(options, answer => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', passOn);
      answer.on('end', () => res.writeHead(answer.statusCode ?? 502).end(Buffer.concat(chunks)));
    });
    forward.on('error', passOn);
    forward.end(body);
  }
}
