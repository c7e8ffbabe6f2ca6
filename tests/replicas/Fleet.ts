import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { LoadBalancer } from './LoadBalancer';
import type { ReplicaSettings } from './replicaProcess';

/** A replica that is ready. */
export interface Replica {
  readonly index: number;
  readonly port: number;
  readonly implementation: 'ours' | 'theirs';
}

/** What a fleet tells its replicas. */
export type FleetSettings = Omit<ReplicaSettings, 'implementation' | 'baseUrl'>;

/** How long a replica that is being stopped gets requests from the load balancer, in milliseconds. */
const UNNOTICED = 200;

/** Replicas of one backend, each in a process of its own, behind one load balancer. */
export class Fleet {
  readonly balancer = new LoadBalancer();
  readonly #members: ReadonlyArray<'ours' | 'theirs'>;
  readonly #settings: (index: number) => FleetSettings;
  readonly #folder = mkdtempSync(join(tmpdir(), 'stagepass-replicas-'));
  readonly #processes: ChildProcess[] = [];
  readonly #ready: Array<Replica | undefined> = [];
  readonly #events = new EventEmitter();
  #baseUrl = '';

  /**
   * @param members - the implementation of each replica
   * @param settings - the same for all, or for each its own
   */
  constructor(
    members: ReadonlyArray<'ours' | 'theirs'>,
    settings: FleetSettings | ((index: number) => FleetSettings),
  ) {
    this.#members = members;
    this.#settings = typeof settings === 'function' ? settings : () => settings;
  }

  /** The replicas that are ready now. */
  get ready(): readonly Replica[] {
    return this.#ready.filter(replica => replica !== undefined);
  }

  /** Resolves when the next replica gets ready. */
  nextReady(): Promise<unknown> {
    return once(this.#events, 'ready');
  }

  /** Compiles the script of a replica, and starts them: one after another, unless `atOnce`. */
  async start({ atOnce = false } = {}): Promise<void> {
    await build({
      entryPoints: [join(__dirname, 'replicaProcess.ts')],
      outfile: join(this.#folder, 'replica.cjs'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['knex', '@backstage/*'],
      logLevel: 'error',
    });
    this.#baseUrl = await this.balancer.start();
    const starts: Array<Promise<Replica>> = [];
    for (const index of this.#members.keys()) {
      starts.push(this.startReplica(index));
      if (!atOnce) await starts[index];
    }
    await Promise.all(starts);
  }

  /** Starts a replica; it takes part from the moment in which it says that it is ready. */
  async startReplica(index: number): Promise<Replica> {
    const implementation = this.#members[index]!;
    const settings: ReplicaSettings = {
      ...this.#settings(index),
      implementation,
      baseUrl: this.#baseUrl,
    };
    const child = spawn(process.execPath, [join(this.#folder, 'replica.cjs')], {
      env: { ...process.env, REPLICA: JSON.stringify(settings), NODE_PATH: nodeModules },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#processes[index] = child;
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The replica ended with ${String(code)} before it was ready`);
    });
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
    ended.catch(() => {});
    const replica = { index, port, implementation };
    this.#ready[index] = replica;
    this.balancer.ports[index] = port;
    this.#events.emit('ready');
    return replica;
  }

  /** Kills a replica, with no chance to clean up; the load balancer is not told. */
  async kill(index: number): Promise<void> {
    const child = this.#processes[index]!;
    const ended = once(child, 'exit');
    this.#ready[index] = undefined;
    child.kill('SIGKILL');
    await ended;
  }

  /**
   * Starts a replica anew beside the old one, and stops that one, as a rolling restart does: the load balancer
   * notices a moment after the signal.
   *
   * @returns how the old process ended
   */
  async replace(index: number): Promise<{ code: number | null; signal: string | null }> {
    const old = this.#processes[index]!;
    const { port } = this.#ready[index]!;
    await this.startReplica(index);
    this.balancer.ports.push(port);
    const ended = once(old, 'exit') as Promise<[number | null, string | null]>;
    old.kill('SIGTERM');
    await new Promise(resolve => setTimeout(resolve, UNNOTICED));
    this.balancer.ports.splice(this.balancer.ports.indexOf(port), 1);
    old.send('nobody sends you requests any more');
    const [code, signal] = await ended;
    return { code, signal };
  }

  async stop(): Promise<void> {
    const running = this.#processes.filter(({ exitCode, signalCode }) => !(exitCode ?? signalCode));
    await Promise.all(
      running.map(async child => {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }),
    );
    await this.balancer.stop();
    rmSync(this.#folder, { recursive: true });
  }
}

const requireHere = createRequire(__filename);
const nodeModules = dirname(dirname(requireHere.resolve('knex/package.json')));
