import type { Verdict } from './engine';
import type { Subject } from './quotas';
import { leastAccepted, quotas } from './quotas';

/** Counts the inputs of one subject by branch: what they are, and what came of them. */
export class Tally {
  readonly #subject: Subject;
  readonly #branches = new Map<string, number>();
  #total = 0;
  #accepted = 0;

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  /** Counts an input of a kind, such as `plugin token`. */
  add(kind: string, { is, detail }: Verdict): void {
    const branch = `${kind}: ${is}${detail && ` ${detail}`}`;
    this.#branches.set(branch, (this.#branches.get(branch) ?? 0) + 1);
    this.#total += 1;
    if (is === 'accepted') this.#accepted += 1;
  }

  /** How many inputs reached a branch. */
  count(branch: string): number {
    return this.#branches.get(branch) ?? 0;
  }

  /** Tells what is short of its quota; empty when nothing is. */
  shortages(): string[] {
    const wanted = quotas[this.#subject];
    const accepted = this.#accepted / this.#total;
    return [
      ...(this.#total < wanted ? [`${this.#total} inputs of ${wanted}`] : []),
      ...(accepted < leastAccepted ? [`only ${accepted} of them accepted by both`] : []),
    ];
  }

  /** Prints the table of counts. */
  print(): void {
    const rows = [...this.#branches].sort(([a], [b]) => (a < b ? -1 : 1));
    const lines = rows.map(([branch, count]) => `${String(count).padStart(7)}  ${branch}`);
    process.stdout.write(
      `${this.#subject}: ${this.#total} inputs, ${this.#accepted} accepted by both\n${lines.join('\n')}\n`,
    );
  }
}
