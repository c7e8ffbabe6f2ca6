/**
 * The request service and the router of a Backstage backend.
 *
 * @packageDocumentation
 */
export { httpAuthServiceFactory, httpRouterServiceFactory } from './adapters/backstage';
