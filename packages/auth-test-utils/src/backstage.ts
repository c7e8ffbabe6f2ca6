/**
 * The fakes for Backstage plugins: those of the main entry, and service factories for a test backend.
 *
 * @packageDocumentation
 */
export { mockServices } from './backstage/mockServices';
export type { ServiceMock } from './backstage/serviceMock';
export {
  mockCredentials,
  mockErrorHandler,
  type MockFunction,
  type MockFunctionCalls,
  type MockResult,
  TestClock,
  type TestDuration,
} from '@stagepass/auth-test-utils';
