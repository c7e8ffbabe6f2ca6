import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** An end that needs no stack: one line says it all. */
export class Failure extends Error {}

/**
 * Runs a command to its end, passes signals on to it, and returns its exit code.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, quiet?: boolean, env?: Record<string, string> }} [options] - `quiet`: hold the
 *   output back
 * @returns {Promise<{ code: number, output: string, stdout: string }>} `output`: what was held back,
 *   `stdout`: its part without warnings
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      // npm and npx are batch files on Windows, which only a shell starts.
      shell: process.platform === 'win32' && command !== process.execPath,
    });
    let output = '';
    let stdout = '';
    child.stdout?.on('data', text => {
      output += text;
      stdout += text;
    });
    child.stderr?.on('data', text => (output += text));

    const forward = signal => {
      // A terminal's Ctrl-C reaches the whole group: the child has it already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const settle = () => signals.forEach(signal => process.off(signal, forward));

    child.on('error', error => {
      settle();
      reject(new Failure(`${command} cannot be started: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      settle();
      if (signal) process.exit(128 + constants.signals[signal]);
      resolve({ code, output, stdout });
    });
  });
}

/**
 * Runs a command with its output held back; when it fails, prints the output and fails with one line.
 *
 * @param {string} what - what failed, in the line
 * @param {string} command
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 * @returns {Promise<string>} its standard output
 */
export async function runQuietly(what, command, args, options) {
  const { code, output, stdout } = await run(command, args, { ...options, quiet: true });
  if (code === 0) return stdout;
  process.stderr.write(output);
  throw new Failure(`${what} failed (exit code ${code}); its output is above.`);
}

/**
 * Runs the body of a command of the root: the exit code is what it returns, a {@link Failure} is one line.
 *
 * @param {() => Promise<number | void>} body
 */
export async function main(body) {
  try {
    const [major, minor] = process.versions.node.split('.').map(Number);
    const supported = major === 20 ? minor >= 19 : major === 22 ? minor >= 12 : major > 22;
    if (!supported) {
      throw new Failure(`Node ${process.version} is too old: use ^20.19.0 or >=22.12.0.`);
    }
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
