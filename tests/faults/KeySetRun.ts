import { setTimeout as sleep } from 'node:timers/promises';
import { createKey, type KeyFixture } from '../../packages/auth-backend/src/testing/keyFixtures';
import { forge } from '../../packages/auth-backend/src/testing/tokenFixtures';
import type { ReplicaClient } from '../replicas/ReplicaClient';
import { spoilings } from './badTokens';
import type { FaultProxy } from './FaultProxy';
import { planFaults, type Round } from './faultPlan';

/** How often each stream of tokens sends one, in milliseconds. */
const PACE = 40;

/** How often a token names a key that does not exist; the door for those is narrow, and shared. */
const MADE_UP_KEY_EVERY = 15_000;

/**
 * One run against key sets: an issuer that rotates its keys, a verifier that reaches its key set through a
 * proxy with faults, and good and bad tokens all the time.
 */
export class KeySetRun {
  readonly issuer: string;
  readonly verifier: string;
  /** What must not happen, and did. */
  readonly violations: string[] = [];
  /** How long after a fault a token with a new key was accepted, and after publication without a fault. */
  readonly recoveries: Array<{ after: string; time: number }> = [];
  /** How long tokens with known keys took, in faults. */
  readonly knownTimes: number[] = [];
  readonly counts = {
    ...{ known: 0, knownRefused: 0, withNewKey: 0, undecided: 0 },
    ...{ bad: 0, badAccepted: 0, rotations: 0 },
  };
  readonly #options: {
    readonly run: number;
    readonly random: () => number;
    readonly proxy: FaultProxy;
    readonly client: ReplicaClient;
    readonly port: () => number;
  };
  #keys: KeyFixture[] = [createKey('key-0')];
  #known: KeyFixture | undefined;
  /** The fault that there is, or was last, and when it ended or what it hid was published. */
  #fault = 'start';
  #isFaulty = false;
  #since = performance.now();
  #stopped = false;

  /** @param options - `port`: where the process of the verifier is */
  constructor(options: {
    run: number;
    random: () => number;
    proxy: FaultProxy;
    client: ReplicaClient;
    port: () => number;
  }) {
    this.#options = options;
    this.issuer = `issuer-${options.run}`;
    this.verifier = `verifier-${options.run}`;
  }

  /** The key set of the issuer at the moment. */
  get published(): object[] {
    return this.#keys.map(({ jwk }) => jwk);
  }

  /** @param bound - how long after a fault a good token may be refused, in milliseconds */
  async go(rounds: number, bound: number): Promise<void> {
    const { run, random } = this.#options;
    const streams = Promise.all([this.#sendKnown(), this.#sendNew(), this.#sendBad()]);
    for (const round of planFaults(run, random, rounds)) await this.#goThrough(round);
    const end = this.#since + bound;
    while (this.#newest !== this.#known && performance.now() < end) await sleep(PACE);
    if (this.#newest !== this.#known) {
      this.violations.push(`no new key known ${bound} ms after ${this.#fault}`);
    }
    this.#stopped = true;
    await streams;
  }

  get #newest(): KeyFixture {
    return this.#keys.at(-1)!;
  }

  async #goThrough({ calm, fault, duration }: Round): Promise<void> {
    const { proxy, random } = this.#options;
    await sleep(calm * random());
    this.#rotate();
    await sleep(calm);
    proxy.set(fault);
    this.#fault = fault.kind;
    this.#isFaulty = true;
    const moment = duration * random();
    await sleep(moment);
    this.#rotate();
    await sleep(duration - moment);
    proxy.heal();
    this.#isFaulty = false;
    this.#since = performance.now();
  }

  #rotate(): void {
    this.counts.rotations += 1;
    // For the verifier the last fault may not be over yet.
    if (!this.#isFaulty && this.#known === this.#newest) {
      this.#fault = 'publication';
      this.#since = performance.now();
    }
    const needed = this.#keys.slice(this.#known ? this.#keys.indexOf(this.#known) : 0);
    this.#keys = [...needed, createKey(`key-${this.counts.rotations}`)];
  }

  async #sendKnown(): Promise<void> {
    while (!this.#stopped) {
      await sleep(PACE);
      const key = this.#known;
      if (!key) continue;
      const begin = performance.now();
      const { accepted, said } = await this.#show(this.#token(key));
      this.counts.known += 1;
      if (this.#isFaulty) this.knownTimes.push(performance.now() - begin);
      if (accepted) continue;
      this.counts.knownRefused += 1;
      this.violations.push(`a known key in ${this.#fault}: ${said}`);
    }
  }

  async #sendNew(): Promise<void> {
    while (!this.#stopped) {
      await sleep(PACE);
      const key = this.#newest;
      if (key === this.#known) continue;
      const { accepted, said } = await this.#show(this.#token(key));
      this.counts.withNewKey += 1;
      if (accepted) {
        this.#known = key;
        if (!this.#isFaulty) {
          this.recoveries.push({ after: this.#fault, time: performance.now() - this.#since });
        }
      } else {
        this.counts.undecided += 1;
        // An outage is never told as the fault of the caller.
        if (!said.includes('"AUTH_KEYS_UNAVAILABLE"')) {
          this.violations.push(`a new key in ${this.#fault}: ${said}`);
        }
      }
    }
  }

  async #sendBad(): Promise<void> {
    const { random } = this.#options;
    let madeUp = performance.now() + MADE_UP_KEY_EVERY * random();
    while (!this.#stopped) {
      await sleep(PACE);
      const key = this.#known ?? this.#newest;
      let token = this.#badTokens(key)[Math.floor(random() * (spoilings.length + 4))]!();
      if (performance.now() > madeUp) {
        madeUp = performance.now() + MADE_UP_KEY_EVERY;
        token = this.#token(createKey('made-up'));
      }
      const { accepted, said } = await this.#show(token);
      this.counts.bad += 1;
      if (accepted) this.counts.badAccepted += 1;
      if (accepted || !said.includes('"AUTH_')) {
        this.violations.push(`a bad token in ${this.#fault}: ${said}`);
      }
    }
  }

  #badTokens(key: KeyFixture): Array<() => string> {
    const now = Date.now() / 1000;
    return [
      ...spoilings.map(
        ([, spoil]) =>
          () =>
            spoil(this.#token(key)),
      ),
      () => this.#token(key, { exp: Math.floor(now) - 1 }),
      () => this.#token(key, { aud: 'somebody-else' }),
      () => this.#token(key, { iat: Math.floor(now) + 120, exp: Math.floor(now) + 200 }),
      () => this.#token(key, { aud: [this.verifier, 'somebody-else'] }),
    ];
  }

  #token({ jwk, signing }: KeyFixture, claims: object = {}): string {
    const iat = Math.floor(Date.now() / 1000);
    return forge(
      { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: jwk.kid },
      { sub: this.issuer, aud: this.verifier, iat, exp: iat + 3600, ...claims },
      signing,
    );
  }

  #show(token: string) {
    const { client, port } = this.#options;
    return client.verify(port(), this.verifier, { token, issuedAt: Date.now() });
  }
}
