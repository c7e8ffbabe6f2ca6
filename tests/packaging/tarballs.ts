import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from '../projectFiles';

/** What a user can import, by package. */
export const imports = {
  'auth-node': ['@stagepass/auth-node', '@stagepass/auth-node/internal'],
  'auth-backend': ['@stagepass/auth-backend', '@stagepass/auth-backend/backstage'],
  'auth-http': [
    '@stagepass/auth-http',
    '@stagepass/auth-http/express',
    '@stagepass/auth-http/fastify',
    '@stagepass/auth-http/fetch',
    '@stagepass/auth-http/node',
    '@stagepass/auth-http/websocket',
    '@stagepass/auth-http/backstage',
  ],
  'auth-test-utils': [
    '@stagepass/auth-test-utils',
    '@stagepass/auth-test-utils/backstage',
    '@stagepass/auth-test-utils/matchers',
    '@stagepass/auth-test-utils/contracts',
  ],
} as const;

/** The peer without which the imports for Backstage do not load. */
export const backstagePeer = '@backstage/backend-plugin-api@1';

/**
 * What can be imported with every optional peer but `@backstage/backend-defaults`, which is a hundred times
 * as large as all the others: the import that needs it is tested in a Backstage backend.
 */
export const importable = Object.values(imports)
  .flat()
  .filter(name => name !== '@stagepass/auth-http/backstage');

/** The names of the packages, without their scope. */
export const packageNames = Object.keys(imports) as Array<keyof typeof imports>;

/** The packed form of the four packages, in a folder of its own. */
export class Tarballs {
  private constructor(
    readonly folder: string,
    /** The paths, in the order of {@link packageNames}. */
    readonly paths: readonly string[],
  ) {}

  /** Packs what `npm run build` left; refuses when that is older than the sources. */
  static pack(): Tarballs {
    const folder = mkdtempSync(join(tmpdir(), 'stagepass-packed-'));
    let output: string;
    try {
      output = execFileSync(
        process.execPath,
        [join(root, 'scripts/pack.mjs'), '--no-build', '--out', folder],
        { encoding: 'utf8' },
      );
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    const written = output.trim().split('\n');
    return new Tarballs(
      folder,
      packageNames.map(name => {
        const path = written.find(line => basename(line).startsWith(`stagepass-${name}-`));
        if (!path) throw new Error(`no tarball of ${name} among ${output}`);
        return path;
      }),
    );
  }

  of(name: keyof typeof imports): string {
    return this.paths[packageNames.indexOf(name)] as string;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
