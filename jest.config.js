/**
 * Tests read the sources of the four packages, so that no build is needed before `jest`.
 * The built and packed forms are tested by `tests/packaging`.
 *
 * @type {import('jest').Config}
 */
export default {
  // What tests leave behind fails their file.
  testEnvironment: '<rootDir>/tests/unhandled/GuardedEnvironment.ts',
  // Some tests run compilers, installs and whole fleets; no test depends on how fast, on a busy machine too.
  testTimeout: 240_000,
  // Tests wait for child processes and compilers at least as much as they compute.
  maxWorkers: '100%',
  roots: ['<rootDir>/packages', '<rootDir>/tests', '<rootDir>/examples'],
  testMatch: ['**/*.test.ts'],
  // The example projects have runners of their own, which tests/packaging runs.
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/examples/plugin-tests/'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '\\.[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  moduleNameMapper: {
    '^@stagepass/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^@stagepass/([^/]+)/(.+)$': '<rootDir>/packages/$1/src/$2.ts',
  },
};
