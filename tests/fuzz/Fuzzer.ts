import { Coverage } from './Coverage';
import { createMutator } from './mutate';
import { type Random, STEPS_OF_ANY_INPUT, type Target } from './Target';

/** An input that broke a promise. */
export interface Finding {
  /** Shortened as far as the same promise stays broken. */
  readonly input: Buffer;
  readonly error: unknown;
}

/** What became of a target. */
export interface Report {
  readonly executions: number;
  /** Blocks of the code under test that ran at all. */
  readonly reached: ReadonlySet<number>;
  /** The seeds, and the inputs that got further than all before. */
  readonly corpus: readonly Buffer[];
  /** Those of them that reached a block that none before had. */
  readonly cover: readonly Buffer[];
  /** The most steps that one input took. */
  readonly mostSteps: number;
  readonly findings: readonly Finding[];
}

/** After so many, different ones, the target has to be mended first. */
const ENOUGH_FINDINGS = 5;

/**
 * Looks for inputs that break the promises of a target. An input that reaches something new in its code, or
 * something known more often, is kept, and changed further; so chance climbs where it could not jump.
 */
export class Fuzzer {
  readonly #target: Target;
  readonly #random: Random;
  readonly #mutate: ReturnType<typeof createMutator>;
  readonly #coverage: Coverage;
  readonly #seen = new Set<number>();
  readonly #reached = new Set<number>();
  readonly #corpus: Buffer[] = [];
  readonly #cover: Buffer[] = [];
  readonly #findings = new Map<string, Finding>();
  #executions = 0;
  /** What is being tried; of use where it never ends. */
  current: Buffer = Buffer.alloc(0);
  #mostSteps = 0;

  /** @param coverage - what is seen of the code; without it every input is as good as any other */
  constructor(target: Target, random: Random, coverage = new Coverage()) {
    this.#target = target;
    this.#random = random;
    this.#mutate = createMutator(target, random);
    this.#coverage = coverage;
  }

  /**
   * Tries the seeds, and then changes of them.
   *
   * @param goesOn - asked before each input, with the number of those before
   */
  async run(seeds: readonly Buffer[], goesOn: (executions: number) => boolean): Promise<Report> {
    this.#coverage.take();
    for (const seed of seeds) {
      await this.#add(seed, true);
    }
    while (goesOn(this.#executions) && this.#findings.size < ENOUGH_FINDINGS) {
      const input = this.#mutate(this.#choose(), this.#choose());
      await this.#add(input, false);
    }
    return {
      executions: this.#executions,
      reached: this.#reached,
      corpus: this.#corpus,
      cover: this.#cover,
      mostSteps: this.#mostSteps,
      findings: [...this.#findings.values()],
    };
  }

  /** Half of the time one of the latest: there the news are. */
  #choose(): Buffer {
    const { length } = this.#corpus;
    const latest = this.#random(2) === 0 ? Math.min(length, 16) : length;
    return this.#corpus[length - 1 - this.#random(latest || 1)] ?? Buffer.alloc(0);
  }

  /** Tries an input, and keeps it where it reached anything new. */
  async #add(input: Buffer, isSeed: boolean): Promise<void> {
    const before = this.#reached.size;
    const isFresh = await this.#try(input);
    if (isFresh || isSeed) this.#corpus.push(input);
    if (isFresh && this.#reached.size > before) this.#cover.push(input);
  }

  /** Tries an input; says whether it reached anything new. */
  async #try(input: Buffer): Promise<boolean> {
    this.#executions += 1;
    const { error, marks, steps } = await this.#execute(input);
    this.#mostSteps = Math.max(this.#mostSteps, steps);
    const fresh = marks.filter(mark => !this.#seen.has(mark));
    for (const mark of fresh) {
      this.#seen.add(mark);
      this.#reached.add(Coverage.blockOf(mark));
    }
    const promise = describe(error);
    if (promise !== undefined && !this.#findings.has(promise)) {
      this.#findings.set(promise, await this.#shorten(input, promise));
    }
    // What broke a promise is reported, and not grown further.
    return fresh.length > 0 && error === undefined;
  }

  async #execute(input: Buffer) {
    const { check, stepsPerByte } = this.#target;
    this.current = input;
    let error: unknown;
    try {
      // A copy: no target may keep, or change, what the next ones are made of.
      const checked = check(Buffer.from(input));
      if (checked) await checked;
    } catch (thrown) {
      error = thrown ?? new Error('threw nothing');
    }
    const { marks, steps } = this.#coverage.take();
    const limit = STEPS_OF_ANY_INPUT + stepsPerByte * input.length;
    if (steps > limit) error ??= new Error('takes more steps than its length allows');
    return { error, marks, steps };
  }

  async #shorten(input: Buffer, promise: string): Promise<Finding> {
    let shortest = input;
    for (let size = input.length >> 1; size > 0; size >>= 1) {
      for (let at = 0; at < shortest.length;) {
        const shorter = Buffer.concat([shortest.subarray(0, at), shortest.subarray(at + size)]);
        const { error } = await this.#execute(shorter);
        if (describe(error) === promise) shortest = shorter;
        else at += size;
      }
    }
    return { input: shortest, error: (await this.#execute(shortest)).error };
  }
}

/** Says which promise was broken; the same for all inputs that break the same. */
function describe(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
}
