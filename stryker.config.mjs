/**
 * Mutation tests of what decides about requests and tokens, and of what stands in for it in other people's tests:
 * `npm run test:mutants`. `decisions/0033-mutation-tests.md` justifies the survivors, and says how to run a part.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutants.config.mjs' },
  coverageAnalysis: 'perTest',
  mutate: [
    'packages/auth-http/src/core/**/*.ts',
    'packages/auth-backend/src/tokens/**/*.ts',
    'packages/auth-backend/src/keys/**/*.ts',
    'packages/auth-test-utils/src/{mock*,Mock*,parseMockToken,readMockToken,requestOrigin,requestTokens,serviceMock,unknownMockToken}.ts',
    '!**/*.test.ts',
  ],
  ignorePatterns: ['/artifacts', '/examples', '/packages/*/dist'],
  concurrency: 2,
  timeoutMS: 6_000,
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false, allowEmojis: false },
  jsonReporter: { fileName: 'artifacts/mutants.json' },
  tempDirName: 'artifacts/stryker',
  incremental: true,
  incrementalFile: 'artifacts/mutants-incremental.json',
  thresholds: { high: 95, low: 90, break: 90 },
};
