import config from './jest.config.js';

/**
 * The tests that every mutant has to get past: of the packages and the contracts, without those that start
 * processes or open databases.
 *
 * @type {import('jest').Config}
 */
const mutants = {
  ...config,
  roots: [
    'packages/auth-http',
    'packages/auth-test-utils',
    'packages/auth-node',
    'tests/contracts',
  ].map(path => `<rootDir>/${path}`),
  testPathIgnorePatterns: [...config.testPathIgnorePatterns, 'keyStores[.]test[.]ts$'],
  testEnvironment: '@stryker-mutator/jest-runner/jest-env/node',
};
export default mutants;
