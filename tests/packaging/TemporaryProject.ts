import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A user's project, outside of this repository. */
export class TemporaryProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'stagepass-consumer-'));

  constructor() {
    this.run('npm', 'init', '-y');
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** Copies a folder into the project, with its `package.json` in place of that of the project. */
  copy(folder: string): void {
    cpSync(folder, this.folder, { recursive: true, filter: path => !/node_modules$/.test(path) });
  }

  /** Replaces a text in a file, which must be there. */
  replace(path: string, text: string, replacement: string): void {
    const content = readFileSync(join(this.folder, path), 'utf8');
    if (!content.includes(text)) throw new Error(`${path} does not say ${text}`);
    this.write(path, content.replace(text, replacement));
  }

  /** Installs tarballs and registry packages. */
  install(...packages: readonly string[]): void {
    this.run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...packages);
  }

  /** Runs a command in the project and returns what it printed; a failing one is an error. */
  run(command: string, ...args: string[]): string {
    return this.runIn('.', command, ...args);
  }

  /** Does so in a folder of the project. */
  runIn(folder: string, command: string, ...args: string[]): string {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      cwd: join(this.folder, folder),
      env: outsideEnvironment(),
      encoding: 'utf8',
    });
    if (error) throw error;
    if (status !== 0) {
      throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
    }
    return stdout + stderr;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The environment without what npm and the test runner say of this repository. */
function outsideEnvironment(): NodeJS.ProcessEnv {
  const inside =
    /^(npm_(package|lifecycle|command|execpath)|npm_config_(local_prefix|workspace)|INIT_CWD$|JEST_|NODE_(ENV|OPTIONS|PATH)$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inside.test(name)));
}
