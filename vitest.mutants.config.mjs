import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The only tests that count, as patterns with commas between; with few of them a part of the mutants is done soon. */
const { MUTANT_TESTS: chosen } = process.env;

/** The tests that every mutant has to get past, in Vitest, which runs them again without starting anew. */
export default {
  test: {
    globals: true,
    setupFiles: [`${root}tests/mutants/jestGlobals.ts`],
    isolate: !chosen,
    include: chosen?.split(',') ?? [
      'packages/{auth-http,auth-test-utils}/src/**/*.test.ts',
      'packages/auth-backend/src/{tokens,keys}/**/*.test.ts',
      'packages/auth-backend/src/*.test.ts',
      'tests/contracts/mocks.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/{websocket,express,strangers}*.test.ts'],
    testTimeout: 10_000,
  },
  resolve: {
    alias: [
      { find: /^@stagepass\/([^/]+)$/, replacement: `${root}packages/$1/src/index.ts` },
      { find: /^@stagepass\/([^/]+)\/(.+)$/, replacement: `${root}packages/$1/src/$2.ts` },
    ],
  },
};
