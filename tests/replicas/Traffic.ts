import type { Fleet, Replica } from './Fleet';
import { type Issued, ReplicaClient } from './ReplicaClient';
import type { Verdict } from './replicaProcess';

/** How old a token may be, in milliseconds, to count as sent at once. */
const AT_ONCE = 100;

/** From which plugin to which a token goes. */
export type Route = readonly [from: string, to: string];

/** Tokens that replicas of a fleet issue and send to others, and what becomes of them. */
export class Traffic {
  readonly #fleet: Fleet;
  readonly #routes: readonly Route[];
  readonly #random: () => number;
  readonly #spoil: ((token: string) => string) | undefined;
  readonly #client = new ReplicaClient();
  /** Tokens that came at once, by the implementations that issued and received them. */
  readonly counts: Record<string, number> = {};
  /** What was said of the tokens that were refused, at whatever age. */
  readonly refusals: string[] = [];
  /** What was said of bad tokens that were not refused as such. */
  readonly mistakes: string[] = [];
  #badRefused = 0;
  #atOnce = 0;
  #late = 0;
  #unanswered = 0;
  #largestAge = 0;
  #target = Infinity;
  #reached = () => {};
  #stopped = false;
  #workers: Array<Promise<void>> = [];
  #failed: (error: unknown) => void = () => {};
  readonly #failure = new Promise<never>((_, reject) => (this.#failed = reject));

  /**
   * @param random - numbers from 0 to 1, from a seed that the test prints
   * @param spoil - makes a bad token of a good one, which is sent too
   */
  constructor(
    fleet: Fleet,
    routes: readonly Route[],
    random: () => number,
    spoil?: (token: string) => string,
  ) {
    this.#fleet = fleet;
    this.#routes = routes;
    this.#random = random;
    this.#spoil = spoil;
  }

  /** Lets tokens flow, this many at a time. */
  start(streams: number): void {
    this.#workers = Array.from({ length: streams }, () => this.#work());
    Promise.all(this.#workers).catch(this.#failed);
    // It is told to who waits for tokens, now or later.
    this.#failure.catch(() => {});
  }

  /** Sends tokens of one replica to every other, on every route, all at the same time. */
  async sendFrom(replica: Replica, times: number): Promise<void> {
    const receivers = this.#others(replica);
    await Promise.all(
      Array.from({ length: times }, () => receivers)
        .flat()
        .flatMap(receiver => this.#routes.map(route => this.#send(replica, receiver, route))),
    );
  }

  /** Rejects with what no replica may do, such as leave a request without an answer. */
  get failure(): Promise<never> {
    return this.#failure;
  }

  /** Waits until this many tokens in all came at once. */
  reach(count: number): Promise<void> {
    this.#target = count;
    const reached = new Promise<void>(resolve => (this.#reached = resolve));
    this.#check();
    return Promise.race([reached, this.#failure]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#workers);
    this.#client.close();
  }

  get atOnce(): number {
    return this.#atOnce;
  }

  /** How many tokens came, at once or later. */
  get sent(): number {
    return this.#atOnce + this.#late;
  }

  /** How many bad tokens were refused. */
  get badRefused(): number {
    return this.#badRefused;
  }

  /** The figures, for who reads the output of the test. */
  get summary(): string {
    return (
      `${this.#atOnce} tokens within ${AT_ONCE} ms of their issue, ${this.#late} later; ` +
      `${this.refusals.length} refused; largest age ${this.#largestAge} ms; ` +
      `${this.#unanswered} requests unanswered by replicas that were killed; ` +
      `${this.#fleet.balancer.failovers} key-set requests passed on; ${JSON.stringify(this.counts)}`
    );
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const issuer = this.#pick(this.#fleet.ready);
      const receiver = issuer && this.#pick(this.#others(issuer));
      if (receiver) await this.#send(issuer, receiver, this.#pick(this.#routes)!);
      else await this.#fleet.nextReady();
    }
  }

  #others(replica: Replica): Replica[] {
    return this.#fleet.ready.filter(other => other.index !== replica.index);
  }

  async #send(issuer: Replica, receiver: Replica, [from, to]: Route): Promise<void> {
    let verdict: Verdict;
    try {
      const issued = await this.#client.issue(issuer.port, [from, to]);
      verdict = await this.#client.verify(receiver.port, to, issued);
      if (this.#spoil) await this.#sendBad(receiver, to, issued, this.#spoil);
    } catch (error) {
      // Only a replica that was killed may leave a request without an answer.
      if (this.#isReady(issuer) && this.#isReady(receiver)) throw error;
      this.#unanswered += 1;
      return;
    }
    const kinds = `${issuer.implementation} to ${receiver.implementation}`;
    const expected = `backstageCredentials{servicePrincipal{plugin:${from}}}`;
    if (!verdict.accepted || verdict.said !== expected) {
      this.refusals.push(`${kinds}, ${from} to ${to}, ${verdict.age} ms: ${verdict.said}`);
    }
    this.#largestAge = Math.max(this.#largestAge, verdict.age);
    if (verdict.age > AT_ONCE) {
      this.#late += 1;
      return;
    }
    this.#atOnce += 1;
    this.counts[kinds] = (this.counts[kinds] ?? 0) + 1;
    this.#check();
  }

  async #sendBad(
    { port }: Replica,
    to: string,
    { token, issuedAt }: Issued,
    spoil: (token: string) => string,
  ): Promise<void> {
    const { accepted, said } = await this.#client.verify(port, to, {
      token: spoil(token),
      issuedAt,
    });
    if (accepted || !said.includes('"AUTH_')) this.mistakes.push(said);
    else this.#badRefused += 1;
  }

  #isReady({ index, port }: Replica): boolean {
    return this.#fleet.ready.some(replica => replica.index === index && replica.port === port);
  }

  #check(): void {
    if (this.#atOnce < this.#target) return;
    this.#target = Infinity;
    this.#reached();
  }

  #pick<TItem>(items: readonly TItem[]): TItem | undefined {
    return items[Math.floor(this.#random() * items.length)];
  }
}
