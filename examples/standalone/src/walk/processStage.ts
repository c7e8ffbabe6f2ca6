import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Stage } from './step';

/** How long a process may take to say that it listens, and to end, in milliseconds. */
const PATIENCE = { start: 60_000, end: 10_000 };

/** A stage with the real program, in processes of its own, on free ports and with data that are thrown away. */
export interface ProcessStage extends Stage {
  /** What the backend has written to its log. */
  readonly log: string;
  close(): Promise<void>;
  /** Ends everything at once. */
  abandon(): void;
}

/**
 * Starts the backend.
 *
 * @param program - path of the built program
 * @throws Error when it does not start
 */
export async function openProcessStage(program: string): Promise<ProcessStage> {
  const directory = await mkdtemp(join(tmpdir(), 'stagepass-walk-'));
  const data = join(directory, 'data');
  const children: ChildProcess[] = [];
  const launch = (args: string[], port: string) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: directory,
      env: { ...process.env, PORT: port, STAGEPASS_CONFIG: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  };

  let log = '';
  const startBackend = async () => {
    const child = launch(['--data', data], '0');
    child.stderr.on('data', text => (log += String(text)));
    const url = await readUrl(child);
    if (url === undefined) throw new Error(`The backend does not start:\n${log}`);
    return { child, url };
  };
  let backend = await startBackend();

  return {
    get url() {
      return backend.url;
    },
    get log() {
      return log;
    },
    async restart() {
      const exitCode = await end(backend.child);
      backend = await startBackend();
      return { exitCode };
    },
    async start(config) {
      const file = join(directory, 'app-config.yaml');
      if (config !== undefined) await writeFile(file, config);
      const child = launch(['--config', 'app-config.yaml', '--data', join(directory, 'other')], '');
      killAfter(PATIENCE.start, child);
      const [[exitCode], stdout, stderr] = await Promise.all([
        once(child, 'close'),
        text(child.stdout),
        text(child.stderr),
      ]);
      return { exitCode, stdout: linesOf(stdout), stderr: linesOf(stderr) };
    },
    async close() {
      await end(backend.child);
      await rm(directory, { recursive: true });
    },
    abandon() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Waits for the line that says where the backend listens; undefined if the process ends instead. */
async function readUrl(child: ChildProcess & { stdout: Readable }): Promise<string | undefined> {
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(PATIENCE.start) }),
    once(child, 'close'),
  ]);
  return /^Listening on (.*)$/.exec(String(line))?.[1];
}

/** Asks a process to end, and returns its exit code; null if it had to be killed. */
async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const closed = once(child, 'close');
  killAfter(PATIENCE.end, child);
  child.kill('SIGTERM');
  const [exitCode] = (await closed) as [number | null];
  return exitCode;
}

function killAfter(milliseconds: number, child: ChildProcess): void {
  AbortSignal.timeout(milliseconds).addEventListener('abort', () => child.kill('SIGKILL'));
}

function linesOf(output: string): string[] {
  return output.split('\n').filter(line => line !== '');
}
