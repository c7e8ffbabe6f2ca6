/**
 * The JWT implementation: issues and verifies the tokens with which backend plugins call each other.
 *
 * @packageDocumentation
 */
export type { AuthBackend, AuthBackendOptions, PluginAuthOptions } from './AuthBackend';
export type { AuthEvent } from '@stagepass/auth-node';
export { createAuthBackend } from './createAuthBackend';
export { explainToken } from './explain/explainToken';
export type {
  SignerExplanation,
  TimeExplanation,
  TokenExplanation,
  TokenKind,
  TokenVerdict,
} from './explain/TokenExplanation';
export { createKnexKeyStore } from './keys/createKnexKeyStore';
export { MemoryKeyStore } from './keys/MemoryKeyStore';
export type { KnexClient, PluginDatabase } from './keys/sqlTables';
export {
  createExternalTokenHandler,
  type ExternalTokenHandler,
} from './tokens/external/ExternalTokenHandler';
export type {
  PluginTokenHandler,
  PluginTokenHandlerDecorator,
} from './tokens/plugin/PluginTokenHandler';
export { createUserTokenIssuer } from './tokens/user/createUserTokenIssuer';
export type { UserTokenIssuer } from './tokens/user/UserTokenIssuer';
