import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../projectFiles';

/** What a run measured or counted, and what it must be, if it must be something. */
export interface Figure {
  readonly name: string;
  readonly figure: string;
  readonly bound?: string;
}

/** Notes figures for the table that `npm run test:faults` prints at its end. */
export function note(...figures: readonly Figure[]): void {
  const folder = join(root, 'artifacts');
  mkdirSync(folder, { recursive: true });
  const lines = figures.map(figure => `${JSON.stringify(figure)}\n`).join('');
  appendFileSync(join(folder, 'faults-figures.jsonl'), lines);
}

/** The largest of some times in milliseconds, for a figure. */
export function largest(times: readonly number[]): string {
  return times.length === 0 ? 'none' : `${Math.round(times.reduce((a, b) => Math.max(a, b)))} ms`;
}

/** The time in milliseconds that a part of some times does not exceed. */
export function percentile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
