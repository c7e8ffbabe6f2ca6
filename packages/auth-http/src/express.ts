/**
 * Plugins and sign-in on Express 4 and 5.
 *
 * @packageDocumentation
 */
export {
  authChallengeHandler,
  authErrorHandler,
  createPluginRouter,
  createUserTokenRouter,
} from './adapters/express';
