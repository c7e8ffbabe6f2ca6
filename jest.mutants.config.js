import config from './jest.config.js';

const roots = ['auth-http', 'auth-test-utils', 'auth-node'].map(name => `packages/${name}`);

/**
 * The tests that every mutant has to get past: of the packages and the contracts, without those that start
 * processes, open databases or try thousands of inputs.
 *
 * @type {import('jest').Config}
 */
const mutants = {
  ...config,
  roots: [...roots, 'tests/contracts'].map(path => `<rootDir>/${path}`),
  testPathIgnorePatterns: [
    ...config.testPathIgnorePatterns,
    'keyStores[.]test[.]ts$',
    'express[.]paths[.]test[.]ts$',
    'websocket[.].*test[.]ts$',
  ],
  // A mutant that answers nothing is found out sooner.
  testTimeout: 3_000,
  testEnvironment: '@stryker-mutator/jest-runner/jest-env/node',
};
export default mutants;
