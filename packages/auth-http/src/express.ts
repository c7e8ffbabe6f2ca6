/**
 * Plugins and sign-in on Express 4 and 5.
 *
 * @packageDocumentation
 */
export {
  asError,
  authChallengeHandler,
  authErrorHandler,
  createPluginRouter,
  createUserTokenRouter,
} from './adapters/express';
