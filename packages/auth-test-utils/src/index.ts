/**
 * The fakes of plugin-to-plugin authentication, for the test suites of plugin authors.
 *
 * @packageDocumentation
 */
export { TestClock, type TestDuration } from './TestClock';
