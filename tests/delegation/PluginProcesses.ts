import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import type { Measurement } from './Meter';
import type { Hop, Instruction, PluginSettings } from './pluginProcess';

const requireHere = createRequire(__filename);
const nodeModules = dirname(dirname(requireHere.resolve('knex/package.json')));

/** What a plugin answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Plugins of one backend, each in a process of its own, which know each other over HTTP alone. */
export class PluginProcesses {
  readonly #folder = mkdtempSync(join(tmpdir(), 'stagepass-delegation-'));
  readonly #processes = new Map<string, ChildProcess>();
  readonly #ports: Record<string, number> = {};

  /**
   * Starts the plugins, and tells each where the others are.
   *
   * @param options - `now`: where their clocks stand, `null` for the clock of the host; `others`: the ports of
   *   plugins that the test itself plays
   */
  async start(
    plugins: ReadonlyArray<Omit<PluginSettings, 'now'>>,
    {
      now = Date.now(),
      others = {},
    }: { now?: number | null; others?: Record<string, number> } = {},
  ): Promise<void> {
    const script = join(this.#folder, 'plugin.cjs');
    await build({
      entryPoints: [join(__dirname, 'pluginProcess.ts')],
      outfile: script,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['express', '@backstage/*'],
      logLevel: 'error',
    });
    const time = now === null ? {} : { now };
    await Promise.all(plugins.map(plugin => this.#spawn(script, { ...plugin, ...time })));
    const ports = { ...this.#ports, ...others };
    await Promise.all([...this.#processes.keys()].map(id => this.#tell(id, { ports })));
  }

  /** Sets the clock of a plugin ahead, by milliseconds. */
  async advance(pluginId: string, milliseconds: number): Promise<void> {
    await this.#tell(pluginId, { advance: milliseconds });
  }

  /** Measures the process of a plugin, from the last time on. */
  measure(pluginId: string): Promise<Measurement> {
    return this.#tell(pluginId, 'measure') as Promise<Measurement>;
  }

  /** The port of a plugin. */
  portOf(pluginId: string): number {
    return this.#ports[pluginId]!;
  }

  /** Calls a plugin with a token. */
  async get(pluginId: string, path: string, token: string): Promise<Answer> {
    const url = `http://127.0.0.1:${this.#ports[pluginId]}/api/${pluginId}${path}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, text: await response.text() };
  }

  /** Calls plugins one through the other, and returns what each made of the call. */
  async relay(token: string, first: string, ...others: string[]): Promise<Hop[]> {
    const { status, text } = await this.get(first, `/relay?via=${others.join('.')}`, token);
    const body = JSON.parse(text) as Hop[] | { error: { message: string } };
    return Array.isArray(body) ? body : [{ plugin: first, status, message: body.error.message }];
  }

  async stop(): Promise<void> {
    await Promise.all(
      [...this.#processes.values()].map(async child => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }),
    );
    rmSync(this.#folder, { recursive: true });
  }

  async #spawn(script: string, settings: PluginSettings): Promise<void> {
    const child = spawn(process.execPath, ['--expose-gc', script], {
      env: { ...process.env, PLUGIN: JSON.stringify(settings), NODE_PATH: nodeModules },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#processes.set(settings.pluginId, child);
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The plugin ended with ${String(code)} before it was ready`);
    });
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
    ended.catch(() => {});
    this.#ports[settings.pluginId] = port;
  }

  async #tell(pluginId: string, instruction: Instruction): Promise<unknown> {
    const child = this.#processes.get(pluginId)!;
    const done = once(child, 'message');
    child.send(instruction);
    const [answer] = (await done) as [unknown];
    return answer;
  }
}
