/** A source of whole numbers below a limit. */
export type Random = (limit: number) => number;

/** Something that reads what strangers send, and the promises it keeps whatever they send. */
export interface Target {
  readonly name: string;
  /** The files that it is aimed at, from the root: the report says how much of them was reached. */
  readonly sources: readonly string[];
  /** Words that chance would hardly write. */
  readonly dictionary: readonly string[];
  /** Inputs, or their lines, are JSON, most of the time: they are changed as trees, too. */
  readonly json?: boolean | 'lines';
  /** Inputs are not made longer than this, in bytes. */
  readonly maxLength: number;
  /**
   * How many steps of our code one input may take: so many for each byte, beside what every input may take.
   * A pattern that backtracks is not seen by it; the longest time of one input, in the report, would show that.
   */
  readonly stepsPerByte: number;
  /**
   * Tries one input.
   *
   * @throws Error that says which promise was broken
   */
  readonly check: (input: Buffer) => void | Promise<void>;
}

/** What every input may take beside the steps for its bytes. */
export const STEPS_OF_ANY_INPUT = 5_000;
