import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../projectFiles';

/** How a run of the program ended. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program `explain`, compiled, in the folder of a user who has a configuration. */
export class Program {
  readonly folder = mkdtempSync(join(tmpdir(), 'stagepass-explain-'));

  /** Compiles it. The packages of this repository stand beside it, as those of a host would. */
  static async compile(): Promise<Program> {
    const program = new Program();
    symlinkSync(join(root, 'node_modules'), join(program.folder, 'node_modules'), 'dir');
    await build({
      entryPoints: [join(root, 'packages/auth-backend/src/cli.ts')],
      outfile: join(program.folder, 'cli.mjs'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      external: ['@backstage/*'],
      logLevel: 'error',
    });
    return program;
  }

  /** Writes a file of the user. */
  write(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content);
  }

  /** Runs it in a process of its own. */
  async run(
    args: readonly string[],
    { input = '', environment = {} }: { input?: string; environment?: Record<string, string> } = {},
  ): Promise<Run> {
    const child = spawn(process.execPath, [join(this.folder, 'cli.mjs'), ...args], {
      cwd: this.folder,
      env: { PATH: process.env.PATH, ...environment },
      stdio: 'pipe',
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
    }
    // Who refuses its arguments does not read on.
    child.stdin.on('error', () => {}).end(input);
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, ...output };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
