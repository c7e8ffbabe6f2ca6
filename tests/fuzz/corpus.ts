import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reads the seeds of a target: a list of texts, a character for each byte.
 *
 * @param folder - where the files are
 */
export function readCorpus(folder: string, target: string): Buffer[] {
  const texts = JSON.parse(readFileSync(join(folder, `${target}.json`), 'utf8')) as string[];
  return texts.map(text => Buffer.from(text, 'latin1'));
}

/** Longer inputs are found again, and seeds are to be read. */
const MAX_SEED_LENGTH = 2_000;

/** Writes the seeds of a target, the shortest first. */
export function writeCorpus(folder: string, target: string, inputs: readonly Buffer[]): void {
  const texts = inputs
    .filter(({ length }) => length <= MAX_SEED_LENGTH)
    .sort((one, other) => one.length - other.length)
    .map(input => input.toString('latin1'));
  writeFileSync(join(folder, `${target}.json`), `${JSON.stringify(texts, null, 2)}\n`);
}
