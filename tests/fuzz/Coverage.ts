/** What the bundler's instrumentation counts, by file (istanbul's coverage object). */
type Counters = Record<string, FileCounters>;
interface FileCounters {
  readonly s: Record<string, number>;
  readonly f: Record<string, number>;
  readonly b: Record<string, number[]>;
}

/** A row of counters: where it is kept, how long it is, and whose it is. */
interface Row {
  readonly kept: Record<number, number>;
  readonly length: number;
  readonly file: string;
}

/** What one run has reached. */
export interface Trace {
  /** Blocks with how often they ran, roughly: 1, 2, 3, 4 to 7, 8 to 15 and so on are told apart. */
  readonly marks: number[];
  /** How many times a block was entered, all in all. */
  readonly steps: number;
}

/** Which statements, functions and branches of the code under test have run. */
export class Coverage {
  readonly #rows: readonly Row[];

  /** @param counters - what the instrumented code counts in; nothing is seen of other code */
  constructor(counters: Counters = {}) {
    this.#rows = Object.entries(counters).flatMap(([file, { s, f, b }]) =>
      [s, f, ...Object.values(b)].map(kept => ({
        kept: kept as Record<number, number>,
        length: Object.keys(kept).length,
        file,
      })),
    );
  }

  /** Returns what has run since the last call, and begins anew. */
  take(): Trace {
    const marks: number[] = [];
    let steps = 0;
    let block = 0;
    for (const { kept, length } of this.#rows) {
      for (let at = 0; at < length; at += 1, block += 1) {
        const count = kept[at] ?? 0;
        if (count === 0) continue;
        steps += count;
        kept[at] = 0;
        marks.push(block * 32 + (count < 4 ? count : 33 - Math.clz32(count)));
      }
    }
    return { marks, steps };
  }

  /** Returns the block of a mark, as a number. */
  static blockOf(mark: number): number {
    return Math.floor(mark / 32);
  }

  /** Says how many blocks these files have, and how many of them are among those given. */
  share(sources: readonly string[], reached: ReadonlySet<number>): { of: number; reached: number } {
    const owners = this.#rows.flatMap(({ file, length }) => Array<string>(length).fill(file));
    const own = owners.flatMap((file, block) => (sources.includes(file) ? [block] : []));
    return { of: own.length, reached: own.filter(block => reached.has(block)).length };
  }
}
