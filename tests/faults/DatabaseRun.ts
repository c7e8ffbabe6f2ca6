import { setTimeout as sleep } from 'node:timers/promises';
import { decode } from '../../packages/auth-backend/src/testing/tokenFixtures';
import type { Issued, ReplicaClient } from '../replicas/ReplicaClient';
import { spoilWith } from './badTokens';
import { planFaults, type Round } from './faultPlan';
import type { FaultProxy } from './FaultProxy';

/** How often a token is asked for, in milliseconds. */
const PACE = 60;

/** Who is shown the tokens: the plugin, and on which of the two replicas. */
interface Receiver {
  readonly plugin: string;
  readonly replica: 0 | 1;
}

/**
 * One run against databases: a plugin with two replicas, one of which reaches the database through a proxy with
 * faults; that one issues tokens all the time, and everybody else judges them.
 */
export class DatabaseRun {
  readonly plugin: string;
  /** What must not happen, and did. */
  readonly violations: string[] = [];
  /** How long after a fault tokens were issued again that could not be, and accepted. */
  readonly recoveries: Array<{ after: string; time: number }> = [];
  readonly counts = { issued: 0, notIssued: 0, accepted: 0, undecided: 0, bad: 0, badAccepted: 0 };
  /** The ids of the keys that signed. */
  readonly kids = new Set<string>();
  readonly faults = new Set<string>();
  readonly #options: {
    readonly run: number;
    readonly random: () => number;
    readonly proxy: FaultProxy;
    readonly client: ReplicaClient;
    readonly ports: () => readonly number[];
    readonly bound: number;
  };
  readonly #receivers: readonly Receiver[];
  readonly #known = new Set<string>();
  readonly #spoil: (token: string) => string;
  #fault = 'start';
  #isFaulty = false;
  #healedAt = performance.now();
  #stopped = false;

  /**
   * @param options - `ports`: where the replicas are; `bound`: how long after a fault it may be felt, in
   *   milliseconds
   */
  constructor(options: {
    run: number;
    random: () => number;
    proxy: FaultProxy;
    client: ReplicaClient;
    ports: () => readonly number[];
    bound: number;
  }) {
    this.#options = options;
    this.plugin = `plugin-${options.run}`;
    this.#spoil = spoilWith(options.random);
    this.#receivers = [
      { plugin: 'gateway', replica: 0 },
      { plugin: 'gateway', replica: 1 },
      { plugin: this.plugin, replica: 1 },
    ];
  }

  async go(rounds: number): Promise<void> {
    const { run, random, bound } = this.#options;
    await this.#introduce();
    this.#healedAt = performance.now();
    const streams = this.#receivers.map(receiver => this.#send(receiver));
    for (const round of planFaults(run, random, rounds)) await this.#goThrough(round);
    await sleep(bound);
    this.#stopped = true;
    await Promise.all(streams);
  }

  /** Who calls a plugin knows it: it has nothing to do with the limit for plugins that nobody knows. */
  async #introduce(): Promise<void> {
    const { client, ports } = this.#options;
    for (const port of ports()) await client.issue(port, ['gateway', this.plugin]);
  }

  async #goThrough({ calm, fault, duration }: Round): Promise<void> {
    const { proxy } = this.#options;
    await sleep(calm);
    proxy.set(fault);
    this.#fault = fault.kind;
    this.faults.add(fault.kind);
    this.#isFaulty = true;
    await sleep(duration);
    proxy.heal();
    this.#isFaulty = false;
    this.#healedAt = performance.now();
  }

  async #send(receiver: Receiver): Promise<void> {
    const { ports } = this.#options;
    let isDown = false;
    while (!this.#stopped) {
      await sleep(PACE);
      const issued = await this.#issue(receiver);
      const isAccepted = issued !== undefined && (await this.#show(issued, receiver));
      if (isAccepted && isDown && !this.#isFaulty) {
        this.recoveries.push({ after: this.#fault, time: performance.now() - this.#healedAt });
      }
      isDown = !isAccepted;
      if (!issued) continue;
      const bad = { ...issued, token: this.#spoil(issued.token) };
      const { client } = this.#options;
      const verdict = await client.verify(ports()[receiver.replica]!, receiver.plugin, bad);
      this.counts.bad += 1;
      if (verdict.accepted) this.counts.badAccepted += 1;
      if (verdict.accepted || !verdict.said.includes('"AUTH_')) {
        this.#complain(`a bad token: ${verdict.said}`);
      }
    }
  }

  async #issue({ plugin }: Receiver): Promise<Issued | undefined> {
    const { client, ports } = this.#options;
    const begin = performance.now();
    try {
      const issued = await client.issue(ports()[0]!, [this.plugin, plugin]);
      this.counts.issued += 1;
      return issued;
    } catch (error) {
      this.counts.notIssued += 1;
      const said = String(error);
      if (!said.includes('"AUTH_KEYS_UNAVAILABLE"') || this.#isLate(begin)) {
        this.#complain(`no token issued: ${said}`);
      }
      return undefined;
    }
  }

  async #show(issued: Issued, { plugin, replica }: Receiver): Promise<boolean> {
    const { client, ports } = this.#options;
    const begin = performance.now();
    const { kid } = decode(issued.token).header;
    const known = `${plugin} ${replica} ${String(kid)}`;
    const { accepted, said } = await client.verify(ports()[replica]!, plugin, issued);
    if (accepted) {
      this.counts.accepted += 1;
      this.kids.add(String(kid));
      this.#known.add(known);
      return true;
    }
    this.counts.undecided += 1;
    // Whoever cannot find out about a key says so, and knows those that he knows.
    if (
      this.#known.has(known) ||
      !said.includes('"AUTH_KEYS_UNAVAILABLE"') ||
      this.#isLate(begin)
    ) {
      this.#complain(`${known}: ${said}`);
    }
    return false;
  }

  /** Tells whether what began then and failed did so longer after the fault than it may. */
  #isLate(begin: number): boolean {
    return !this.#isFaulty && begin > this.#healedAt + this.#options.bound;
  }

  #complain(what: string): void {
    const time = Math.round(performance.now() - this.#healedAt);
    const when = this.#isFaulty ? 'during' : `${time} ms after`;
    this.violations.push(`${when} ${this.#fault}: ${what}`);
  }
}
