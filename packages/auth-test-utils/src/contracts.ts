/**
 * Contract suites as data: what every key store, auth service and request service promises, to be run on an
 * implementation of your own, by any test runner.
 *
 * @packageDocumentation
 */
export { authServiceContract } from './contracts/authServiceContract';
export type {
  AuthServiceSubject,
  DelegationSubject,
  TimedAuthServiceSubject,
} from './contracts/AuthServiceSubject';
export type { ContractCase } from './contracts/ContractCase';
export { credentialsContract } from './contracts/credentialsContract';
export { delegationContract } from './contracts/delegationContract';
export { requestExpiryContract, tokenExpiryContract } from './contracts/expiryContract';
export { httpAuthServiceContract } from './contracts/httpAuthServiceContract';
export type { HttpAuthServiceSubject, SubjectClock } from './contracts/HttpAuthServiceSubject';
export { keyStoreContract, type KeyStoreSubject } from './contracts/keyStoreContract';
export { onBehalfOfContract } from './contracts/onBehalfOfContract';
export { userCookieContract } from './contracts/userCookieContract';
