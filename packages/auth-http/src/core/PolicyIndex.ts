import type { PolicyRule } from './pathPolicy';

/**
 * Finds the rules that may match a path, so that it makes no difference how many there are for others. Most begin with
 * a plain segment, and match no path that begins with another one.
 */
export class PolicyIndex {
  readonly #all: readonly PolicyRule[];
  readonly #byFirstSegment = new Map<string, PolicyRule[]>();
  /** Those that may match whatever a path begins with. */
  readonly #others: readonly PolicyRule[];

  constructor(rules: readonly PolicyRule[]) {
    this.#all = rules;
    this.#others = rules.filter(rule => plainStart(rule) === undefined);
    for (const rule of rules) {
      const start = plainStart(rule);
      if (start === undefined) continue;
      this.#byFirstSegment.set(start, [...(this.#byFirstSegment.get(start) ?? this.#others), rule]);
    }
  }

  /** @param path - the path below the plugin as received */
  rulesFor(path: string): readonly PolicyRule[] {
    if (this.#all.length === 0) return this.#all;
    // What is written so can be read as something else: then each rule has to look for itself.
    if (!/^\/[\w.~!$&'()*+,=:@/-]*$/.test(path)) return this.#all;
    const end = path.indexOf('/', 1);
    const start = path.slice(1, end === -1 ? undefined : end).toUpperCase();
    return this.#byFirstSegment.get(start) ?? this.#others;
  }
}

/** Returns the first segment of what a rule matches, in upper case, if it can only be this one. */
function plainStart({ pattern }: PolicyRule): string | undefined {
  const [first] = pattern.segments;
  return first?.kind === 'text' ? first.shape : undefined;
}
