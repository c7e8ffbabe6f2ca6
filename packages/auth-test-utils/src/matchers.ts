/**
 * Matchers for the `expect` of Jest and Vitest, and the same as assertions for `node:test`.
 *
 * @packageDocumentation
 */
export {
  assertActor,
  assertNonePrincipal,
  assertRefusedWith,
  assertServicePrincipal,
  assertTokenFor,
  assertUserPrincipal,
} from './authAssertions';
export { type AuthMatcherResult, authMatchers, type AuthMatchers } from './authMatchers';
export type { ExpectedToken, TokenDescriber } from './expectedToken';
