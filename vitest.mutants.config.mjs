import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The tests that every mutant has to get past, in Vitest, which runs them again without starting anew. */
export default {
  test: {
    globals: true,
    setupFiles: [`${root}tests/mutants/jestGlobals.ts`],
    include: [
      'packages/{auth-http,auth-test-utils}/src/**/*.test.ts',
      'tests/contracts/mocks.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/websocket*.test.ts', '**/express*.test.ts'],
    testTimeout: 3_000,
  },
  resolve: {
    alias: [
      { find: /^@stagepass\/([^/]+)$/, replacement: `${root}packages/$1/src/index.ts` },
      { find: /^@stagepass\/([^/]+)\/(.+)$/, replacement: `${root}packages/$1/src/$2.ts` },
    ],
  },
};
