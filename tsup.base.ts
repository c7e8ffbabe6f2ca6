import { readFileSync, rmSync } from 'node:fs';
import { defineConfig as defineTsupConfig, type Options } from 'tsup';

/** The build of a program: one file, ESM, which nobody imports. It knows its own package by name. */
export function defineProgram(entry: string): Options {
  return {
    entry: { [entry]: `src/${entry}.ts` },
    format: ['esm'],
    tsconfig: '../../tsconfig.build.json',
    target: 'node20',
    platform: 'node',
    external: [/^@stagepass\//],
  };
}

/**
 * The build of every package: the named entries of `src`, as ESM and as CommonJS, with types for both.
 *
 * What the ESM entries share stands in one file named `shared`; a second such file is an error of
 * esbuild, so that the files of a package keep their names from version to version. CommonJS entries
 * and types stand by themselves. With `BUILD_PARTS=code` in the environment there are no types.
 */
export function defineConfig(...entries: string[]) {
  // One folder for several builds, which run side by side: none of them may clean it.
  rmSync('dist', { recursive: true, force: true });

  const base: Options = {
    format: ['esm', 'cjs'],
    tsconfig: '../../tsconfig.build.json',
    target: 'node20',
    platform: 'node',
    // `import.meta.url` in CommonJS.
    shims: true,
    // A package that imports itself by name means its own built entry, not a copy of it.
    external: [/^@stagepass\//],
  };
  const code: Options = {
    ...base,
    entry: Object.fromEntries(entries.map(entry => [entry, `src/${entry}.ts`])),
    esbuildOptions(options) {
      options.chunkNames = 'shared';
    },
  };
  // The types of an entry that imports another by name are built while that one's are, too.
  const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string };
  const ownEntries = { [name]: ['./src/index.ts'], [`${name}/*`]: ['./src/*.ts'] };
  const types = entries.map((entry): Options => ({
    ...base,
    entry: { [entry]: `src/${entry}.ts` },
    dts: { only: true, compilerOptions: { paths: ownEntries } },
  }));
  return defineTsupConfig(process.env.BUILD_PARTS === 'code' ? [code] : [code, ...types]);
}
