/**
 * Plugins on Fastify 5.
 *
 * @packageDocumentation
 */
export {
  authErrorHandler,
  authResponse,
  fastifyAuth,
  type FastifyAuthOptions,
} from './adapters/fastify';
