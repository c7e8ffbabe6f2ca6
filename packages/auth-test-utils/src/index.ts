/**
 * The fakes of plugin-to-plugin authentication, for the test suites of plugin authors.
 *
 * @packageDocumentation
 */
export { mockCredentials } from './mockCredentials';
export { mockErrorHandler } from './mockErrorHandler';
export type { MockFunction, MockFunctionCalls, MockResult } from './mockFunction';
export { mockServices } from './mockServices';
export type { ServiceMock } from './serviceMock';
export { TestClock, type TestDuration } from './TestClock';
