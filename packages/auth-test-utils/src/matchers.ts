/**
 * Matchers for the `expect` of Jest and Vitest.
 *
 * @packageDocumentation
 */
export { type AuthMatcherResult, authMatchers, type AuthMatchers } from './authMatchers';
