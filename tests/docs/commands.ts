import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from '../projectFiles';
import type { CodeBlock } from './markdown';

interface Manifest {
  readonly scripts?: Record<string, string>;
  readonly bin?: Record<string, string>;
}

const readManifest = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

/**
 * Says what is wrong with the commands of a block: scripts, packages, programs and files that do not exist.
 *
 * @param own - the names of the files that the page itself shows
 */
export function wrongCommands({ file, code }: CodeBlock, own: readonly string[]): string[] {
  const lines = code.replace(/\\\n\s*/g, '').split('\n');
  return lines.flatMap(line => {
    const words = line.replace(/\s#.*$/, '').split(/\s+/);
    return [...wrongScript(words), ...wrongPackages(words), ...wrongFiles(words, file, own)];
  });
}

function wrongScript(words: readonly string[]): string[] {
  const [command, verb = '', name = ''] = words.filter(word => !word.startsWith('-'));
  if (command !== 'npm' || !['run', 'start', 'test'].includes(verb)) return [];
  const script = verb === 'run' ? name : verb;
  return readManifest('').scripts?.[script] ? [] : [`there is no script ${script}`];
}

function wrongPackages(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const name = /^@stagepass\/([\w-]+)$/.exec(word)?.[1];
    if (!name) return [];
    const folder = `packages/${name}`;
    if (!existsSync(join(root, folder, 'package.json'))) return [`there is no package ${word}`];
    if (words[index - 1] !== 'npx') return [];
    return Object.keys(readManifest(folder).bin ?? {}).length > 0 ? [] : [`${word} has no program`];
  });
}

function wrongFiles(words: readonly string[], file: string, own: readonly string[]): string[] {
  return words
    .filter(word => /^[\w./-]+[.](ts|js|mjs|cjs|sh)$/.test(word) && !own.includes(word))
    .filter(word => !existsSync(join(root, word)))
    .filter(word => !existsSync(join(root, posix.dirname(file), word)))
    .map(word => `there is no file ${word}`);
}
