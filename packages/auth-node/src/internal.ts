/**
 * For the sibling packages only: no promise is made about these names between versions.
 *
 * @packageDocumentation
 */
export { atOnce, declareAtOnce, isPending } from './atOnce';
export {
  type AuthMetrics,
  createAuthMetrics,
  type MeasuredTokenKind,
  noMetrics,
} from './AuthMetrics';
export { AuthRecorder, type Work } from './AuthRecorder';
export { systemClock } from './Clock';
export { consoleLogger } from './consoleLogger';
export { CountedLog } from './CountedLog';
export {
  createCredentialsOfService,
  createCredentialsOfUser,
  createNoneCredentials,
  createServiceCredentials,
  createServicePrincipal,
  createUserCredentials,
  createUserPrincipal,
  type CredentialsOrigin,
  type LimitedForm,
  type CredentialsView,
  viewCredentials,
} from './credentialsObject';
export { createAuthError, describeValue, printable, quote } from './errors';
