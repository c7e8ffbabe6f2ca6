import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';
import { build, transform } from 'esbuild';
import { createInstrumenter } from 'istanbul-lib-instrument';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the instrumented code counts, below `globalThis`. */
const COUNTERS = '__stagepassFuzzCounters__';

/** Has the sources of the packages count what runs in them; what only tests use counts nothing. */
const instrumentation = {
  name: 'instrumentation',
  setup({ onLoad }) {
    const options = { coverageVariable: COUNTERS, esModules: true, compact: true };
    onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]src[\\/].*[.]ts$/ }, async ({ path }) => {
      if (/[\\/]testing[\\/]/.test(path)) return undefined;
      const { code } = await transform(readFileSync(path, 'utf8'), {
        loader: 'ts',
        target: 'es2022',
      });
      const name = relative(root, path).split(sep).join('/');
      return { contents: createInstrumenter(options).instrumentSync(code, name), loader: 'js' };
    });
  },
};

/** Loads the fuzzer and its targets, with what they try instrumented. Nothing is written to the disk. */
export async function loadInstrumented() {
  const entry = join(root, 'tests/fuzz/instrumented.ts');
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    tsconfig: join(root, 'tsconfig.json'),
    plugins: [instrumentation],
    logLevel: 'error',
  });
  const module = { exports: {} };
  const code = `(function (require, module, exports) {${outputFiles[0].text}\n})`;
  runInThisContext(code, { filename: 'fuzz.cjs' })(createRequire(entry), module, module.exports);
  return { ...module.exports, counters: globalThis[COUNTERS] };
}
