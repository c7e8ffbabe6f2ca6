import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { DifferenceId } from './differences';

/** What came of an input on one side: what it gave, as a text to compare, or how it was refused. */
export type Outcome =
  | { readonly gave: string }
  | { readonly name: string; readonly message: string; readonly code?: string };

/** A row of the table of differences, as a rule about inputs. */
export interface Rule<TInput> {
  readonly id: DifferenceId;
  /**
   * What the rule says of the inputs that it covers. `refused`: theirs accepts, ours refuses, for every such
   * input. `accepted`: theirs refuses, ours may accept. `otherwise`: both refuse, and differ in the class of
   * the error, or both accept, and differ in what they give.
   */
  readonly ours: 'refused' | 'accepted' | 'otherwise';
  /** The codes (of `refused`), or the error names (of `otherwise`), that ours may have. */
  readonly as?: readonly string[] | ((input: TInput) => readonly string[]);
  covers(input: TInput): boolean;
}

/** Both sides agree, or a row of the table says why not. */
export type Verdict =
  | { readonly is: 'accepted' | 'refused'; readonly detail: string }
  | { readonly is: 'documented'; readonly detail: DifferenceId };

/** Runs one side, and says what came of it. */
export async function outcomeOf(action: () => unknown): Promise<Outcome> {
  try {
    return { gave: String(await action()) };
  } catch (error) {
    const { name, message, code } = error as Error & { code?: unknown };
    return { name, message, ...(typeof code === 'string' && { code }) };
  }
}

/**
 * Compares what came of an input on both sides.
 *
 * @throws Error when they differ and no rule covers the input, and when a rule of kind `refused` covers an
 *   input on which they agree: rules are neither too narrow nor too wide
 */
export function compare<TInput>(
  rules: readonly Rule<TInput>[],
  input: TInput,
  { theirs, ours }: { theirs: Outcome; ours: Outcome },
): Verdict {
  const covering = rules.filter(rule => rule.covers(input));
  const strict = covering.filter(rule => rule.ours === 'refused');
  const fail = (what: string) =>
    new Error(
      `${what}\n  theirs: ${JSON.stringify(theirs)}\n  ours:   ${JSON.stringify(ours)}\n  rows that cover it: ${covering.map(({ id }) => id).join(', ') || 'none'}`,
    );
  if ('gave' in theirs && 'gave' in ours) {
    if (strict.length > 0) throw fail('A row says that ours refuses this, and it does not');
    if (isDeepStrictEqual(theirs, ours)) return { is: 'accepted', detail: '' };
    return (
      documented(input, covering, 'otherwise', undefined) ??
      raise(fail('Undocumented: another answer'))
    );
  }
  if ('gave' in theirs && !('gave' in ours)) {
    return (
      documented(input, strict, 'refused', ours.code ?? ours.name) ??
      raise(fail('Undocumented: only ours refuses this'))
    );
  }
  if ('gave' in ours) {
    return (
      documented(input, covering, 'accepted', undefined) ??
      raise(fail('Undocumented: only ours accepts this'))
    );
  }
  if (!('gave' in theirs) && theirs.name === ours.name) {
    return { is: 'refused', detail: ours.code ?? ours.name };
  }
  // One believes the token, and refuses what it proves; the other does not come so far.
  const theyBelieve = !('gave' in theirs) && theirs.name === 'NotAllowedError';
  const weBelieve = ours.name === 'NotAllowedError';
  return (
    (theyBelieve ? documented(input, strict, 'refused', ours.code ?? ours.name) : undefined) ??
    (weBelieve ? documented(input, covering, 'accepted', undefined) : undefined) ??
    documented(input, covering, 'otherwise', ours.name) ??
    raise(fail('Undocumented: another class of refusal'))
  );
}

function documented<TInput>(
  input: TInput,
  covering: readonly Rule<TInput>[],
  kind: Rule<TInput>['ours'],
  as: string | undefined,
): Verdict | undefined {
  const rule = covering.find(candidate => {
    if (candidate.ours !== kind) return false;
    const allowed = typeof candidate.as === 'function' ? candidate.as(input) : candidate.as;
    return as === undefined || allowed === undefined || allowed.includes(as);
  });
  return rule && { is: 'documented', detail: rule.id };
}

function raise(error: Error): never {
  throw error;
}

/** The seed of every generated input of a run; another one can be given to look further. */
export const seed = readSeed(process.env.STAGEPASS_SEED ?? '20260101');

function readSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(
    `STAGEPASS_SEED: expected a whole number of at most nine digits, found '${text}'`,
  );
}

/**
 * Gives generated inputs to a check, and fails with the smallest one that the check refuses.
 *
 * @param name - tells the streams of different scenarios apart, all of the one seed
 * @param examples - inputs that are given first, each of them
 */
export async function explore<TInput>(
  name: string,
  inputs: fc.Arbitrary<TInput>,
  runs: number,
  check: (input: TInput) => Promise<void>,
  examples: readonly TInput[] = [],
): Promise<void> {
  await fc.assert(fc.asyncProperty(inputs, check), {
    seed: seed ^ hash(name),
    numRuns: runs,
    examples: examples.map(example => [example]),
    includeErrorInReport: true,
    endOnFailure: false,
  });
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193);
  return value | 0;
}
