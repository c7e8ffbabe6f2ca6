import config from './jest.config.js';

/**
 * The tests that could notice what is remembered, once more with nothing remembered: `npm run test:cacheless`.
 *
 * @type {import('jest').Config}
 */
export default {
  ...config,
  roots: [
    '<rootDir>/packages/auth-backend',
    '<rootDir>/packages/auth-http',
    ...['contracts', 'delegation', 'differential', 'properties', 'refusals', 'security'].map(
      folder => `<rootDir>/tests/${folder}`,
    ),
  ],
  setupFilesAfterEnv: ['<rootDir>/tests/cacheless/forget.ts'],
  testPathIgnorePatterns: [
    ...config.testPathIgnorePatterns,
    // What is remembered, and how much, is what these are about.
    '/auth-backend/src/(VerifiedTokens|CallTokens|memory/TokenMemory)\\.test\\.ts$',
  ],
};
