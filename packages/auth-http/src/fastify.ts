/**
 * Plugins on Fastify 5.
 *
 * @packageDocumentation
 */
export { authErrorHandler, fastifyAuth, type FastifyAuthOptions } from './adapters/fastify';
