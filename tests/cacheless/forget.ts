import type * as Budget from '../../packages/auth-backend/src/memory/MemoryBudget';

// For `npm run test:cacheless`: every backend is one that was made with `cache: false`, unless its test says otherwise.
jest.mock('../../packages/auth-backend/src/memory/MemoryBudget', () => {
  const actual = jest.requireActual<typeof Budget>(
    '../../packages/auth-backend/src/memory/MemoryBudget',
  );
  return {
    ...actual,
    readMemoryLimits: (cache: Parameters<typeof Budget.readMemoryLimits>[0]) =>
      actual.readMemoryLimits(cache ?? false),
  };
});
