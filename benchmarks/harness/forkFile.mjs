import { fork } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Runs the rows of a file. They share a process, and no others do: what one remembers is not in the way of another.
 *
 * @param {string} file
 * @param {{ name: string, mode: 'full' | 'quick', only: string, poolThreads?: number }} options - `name`: of the file,
 *   for messages; `only`: part of the names of the rows that are run; `poolThreads`: how many threads the pool has
 * @returns {Promise<import('./runRow.mjs').RowResult[]>}
 */
export function forkFile(file, { name, mode, only, poolThreads }) {
  return new Promise((resolve, reject) => {
    const results = [];
    const program = fileURLToPath(new URL('runFile.mjs', import.meta.url));
    const child = fork(program, [pathToFileURL(file).href, mode, only], {
      execArgv: ['--expose-gc'],
      env: { ...process.env, ...(poolThreads && { UV_THREADPOOL_SIZE: String(poolThreads) }) },
      // Standard output is for the table, or for JSON alone.
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    child.on('message', result => results.push(result));
    child.on('error', reject);
    child.on('close', code => {
      const error = `the process of ${name} ended with exit code ${code}`;
      if (code !== 0) results.push({ name, reference: '', figures: [], targets: [], error });
      resolve(results);
    });
  });
}
