import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sent } from '../refusals/World';

/** How often the generator sends what is due, in milliseconds. */
const TICK = 10;

/** How many requests are under way at most: whoever is slower than that is not given more. */
const MAX_UNDER_WAY = 64;

/** A request and the statuses that it may be answered with. */
export interface Shot {
  readonly sent: Sent;
  readonly kind: 'good' | 'bad' | 'hostile';
  readonly isRight: (status: number) => boolean;
}

/** Sends requests to a plugin at a rate that can be changed while it does. */
export class LoadGenerator {
  /** Requests in a second. */
  rate: number;
  /** How long good requests took, in milliseconds. */
  goodTimes: number[] = [];
  readonly counts = { good: 0, bad: 0, hostile: 0 };
  readonly statuses: Record<string, number> = {};
  readonly wrong: string[] = [];
  readonly #port: number;
  readonly #next: () => Shot;
  readonly #agent = new Agent({ keepAlive: true });
  #underWay = 0;
  #stopped = false;
  #work: Promise<void> | undefined;

  /** @param next - says what is sent next */
  constructor(options: { port: number; rate: number; next: () => Shot }) {
    this.#port = options.port;
    this.rate = options.rate;
    this.#next = options.next;
  }

  get sent(): number {
    return this.counts.good + this.counts.bad + this.counts.hostile;
  }

  start(): void {
    this.#work = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
    while (this.#underWay > 0) await sleep(TICK);
    this.#agent.destroy();
  }

  async #run(): Promise<void> {
    let last = performance.now();
    let due = 0;
    while (!this.#stopped) {
      await sleep(TICK);
      const now = performance.now();
      due = Math.min(MAX_UNDER_WAY, due + ((now - last) * this.rate) / 1_000);
      last = now;
      for (; due >= 1 && this.#underWay < MAX_UNDER_WAY; due -= 1) this.#shoot(this.#next());
    }
  }

  #shoot({ sent, kind, isRight }: Shot): void {
    const { path = '/private', method = 'GET', headers = {} } = sent;
    const begin = performance.now();
    this.#underWay += 1;
    const done = (outcome: number | string) => {
      this.#underWay -= 1;
      this.counts[kind] += 1;
      if (kind === 'good') this.goodTimes.push(performance.now() - begin);
      this.statuses[`${kind} ${outcome}`] = (this.statuses[`${kind} ${outcome}`] ?? 0) + 1;
      if (typeof outcome === 'number' && isRight(outcome)) return;
      this.wrong.push(
        `${kind} ${method} ${path} ${JSON.stringify(headers).slice(0, 300)}: ${outcome}`,
      );
    };
    const options = { host: '127.0.0.1', port: this.#port, agent: this.#agent };
    const req = request(
      { ...options, path: `/api/scaffolder${path}`, method, headers },
      response => {
        response.resume();
        response.on('end', () => done(response.statusCode ?? 0));
        response.on('error', error => done(String(error)));
      },
    );
    req.on('error', error => done(String(error)));
    req.end();
  }
}
