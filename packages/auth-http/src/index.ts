/**
 * Requests in, credentials out.
 *
 * @packageDocumentation
 */
export { asError } from './core/asError';
export { type CredentialsBarrier, createCredentialsBarrier } from './core/credentialsBarrier';
export { pathBelow } from './core/pathBelow';
export { type Answer, answerError, writeHeaders } from './core/problem';
export type { UserCookieOptions } from './core/userCookie';
export {
  type ClosableHttpAuthService,
  createHttpAuthService,
  type HttpAuthServiceOptions,
} from './createHttpAuthService';
export { cookieRoutes } from './routes/cookieRoutes';
export { keySetRoutes } from './routes/keySetRoutes';
export { createPluginGate, type PluginGate, type PluginGateOptions } from './routes/pluginGate';
export type { Route } from './routes/Route';
export { type PublicUserTokenIssuer, userTokenRoutes } from './routes/userTokenRoutes';
