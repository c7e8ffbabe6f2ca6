/**
 * The vocabulary of plugin-to-plugin authentication.
 *
 * @packageDocumentation
 */
export type { AuthEvent } from './AuthEvent';
export type { AuthPolicy, HttpRouterServiceAuthPolicy } from './AuthPolicy';
export type { AuthService } from './AuthService';
export type { Clock } from './Clock';
export { type BackstageCredentials, isPrincipal } from './credentials';
export type { DiscoveryService } from './DiscoveryService';
export {
  AuthenticationError,
  type AuthError,
  type AuthErrorCode,
  isAuthError,
  NotAllowedError,
  ServiceUnavailableError,
} from './errors';
export type { AuthRequest, AuthResponse, HttpAuthService } from './HttpAuthService';
export type { KeyStore, PublicJwk, StoredKey } from './KeyStore';
export type { LoggerService } from './LoggerService';
export type {
  AccessRestrictionsMap,
  BackstageNonePrincipal,
  BackstagePrincipalAccessRestrictions,
  BackstagePrincipalTypes,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
} from './principals';
export { requirePrincipal } from './requirePrincipal';
export { tokenTypes } from './tokenTypes';
export type { BackstageUserInfo, UserInfoService } from './UserInfoService';
