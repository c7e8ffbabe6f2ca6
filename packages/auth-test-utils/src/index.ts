/**
 * The fakes of plugin-to-plugin authentication, for the test suites of plugin authors.
 *
 * @packageDocumentation
 */
export type { TamperedPart } from './authority/tamper';
export { createTestAuthority } from './createTestAuthority';
export {
  describeMockToken,
  type DescribedRestrictions,
  type TokenDescription,
} from './describeMockToken';
export { mockCredentials } from './mockCredentials';
export { mockErrorHandler } from './mockErrorHandler';
export type { MockFunction } from './mockFunction';
export type { MockFunctionCalls, MockResult } from './mockFunctionCalls';
export { mockServices } from './mockServices';
export type { ServiceMock } from './serviceMock';
export { TestClock, type TestDuration } from './TestClock';
export type {
  KeySetOwner,
  TestAuthority,
  TestExternalIssuer,
  TestExternalTokenOptions,
  TestPluginTokenOptions,
  TestTokenOptions,
  TestUserTokenOptions,
} from './TestAuthority';
