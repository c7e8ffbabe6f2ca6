/**
 * For the sibling packages only: no promise is made about these names between versions.
 *
 * @packageDocumentation
 */
export { systemClock } from './Clock';
export {
  createNoneCredentials,
  createServiceCredentials,
  createUserCredentials,
  type CredentialsView,
  viewCredentials,
} from './credentialsObject';
export { createAuthError, quote } from './errors';
