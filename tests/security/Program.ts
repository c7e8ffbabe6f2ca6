import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';

const requireHere = createRequire(__filename);
const nodeModules = dirname(dirname(requireHere.resolve('knex/package.json')));

const requireInModules =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** How long a program may take that ends by itself, in milliseconds. */
const PATIENCE = 60_000;

/** A script of this folder, compiled together with the packages, that runs in a process of its own. */
export class Program {
  readonly #folder = mkdtempSync(join(tmpdir(), 'stagepass-program-'));
  readonly path: string;

  constructor(name: string, format: 'cjs' | 'esm' = 'cjs') {
    this.path = join(this.#folder, `program.${format === 'cjs' ? 'cjs' : 'mjs'}`);
    this.#compile(name, format, this.path);
  }

  /** Compiles another script beside it, and returns where it is. */
  add(name: string, format: 'cjs' | 'esm', file: string): string {
    const path = join(this.#folder, file);
    this.#compile(name, format, path);
    return path;
  }

  #compile(name: string, format: 'cjs' | 'esm', outfile: string): void {
    buildSync({
      entryPoints: [join(__dirname, name)],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format,
      // What ES modules import is looked up where they are, which is nowhere near our dependencies.
      ...(format === 'esm' && { banner: { js: requireInModules } }),
      external: format === 'esm' ? [] : ['knex', 'express', 'better-sqlite3', '@backstage/*'],
      logLevel: 'error',
    });
  }

  /** Runs it to its end, and returns that and what it printed. */
  run({ env = {}, flags = [] }: { env?: Record<string, string>; flags?: string[] } = {}) {
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...flags, this.path], {
      env: { ...process.env, NODE_PATH: nodeModules, ...env },
      encoding: 'utf8',
      timeout: PATIENCE,
    });
    return { status, signal, stdout, stderr };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
