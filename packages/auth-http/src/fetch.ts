/**
 * Plugins that take a Fetch `Request` and return a `Response`.
 *
 * @packageDocumentation
 */
export { createFetchAuth, type FetchAuth } from './adapters/fetch';
