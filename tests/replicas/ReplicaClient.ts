import { Agent, request } from 'node:http';
import type { Route } from './Traffic';
import type { Verdict } from './replicaProcess';

/** A token as a replica handed it out. */
export interface Issued {
  readonly token: string;
  /** By the clock of the host, in milliseconds. */
  readonly issuedAt: number;
}

/** How long a replica that is alive may take to answer, in milliseconds. */
const DEADLINE = 60_000;

/** Who asks replicas for tokens, and shows them tokens. */
export class ReplicaClient {
  readonly #agent = new Agent({ keepAlive: true });

  async issue(port: number, [from, to]: Route): Promise<Issued> {
    return JSON.parse(await this.post(port, `/issue?from=${from}&to=${to}`)) as Issued;
  }

  async verify(port: number, to: string, issued: Issued): Promise<Verdict> {
    return this.#verify(port, `/verify?to=${to}`, issued);
  }

  /** As {@link ReplicaClient.verify}; the answer is held back until the replica is told to end. */
  async verifyHeld(port: number, to: string, issued: Issued): Promise<Verdict> {
    return this.#verify(port, `/verify?to=${to}&held`, issued);
  }

  async #verify(port: number, path: string, issued: Issued): Promise<Verdict> {
    return JSON.parse(await this.post(port, path, JSON.stringify(issued))) as Verdict;
  }

  /** Returns the body of the answer; any status but 200 is an error. */
  post(port: number, path: string, body = ''): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', host: '127.0.0.1', port, path, agent: this.#agent };
      const late = () => req.destroy(new Error(`${path}: no answer within ${DEADLINE} ms`));
      const req = request(options, res => {
        let text = '';
        res.on('data', chunk => (text += String(chunk)));
        res.on('error', reject);
        res.on('end', () => {
          if (res.statusCode === 200) resolve(text);
          else reject(new Error(`${path}: status ${res.statusCode}: ${text}`));
        });
      });
      req.on('error', reject);
      req.setTimeout(DEADLINE, late);
      req.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
