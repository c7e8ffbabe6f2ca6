/**
 * Returns the reason of a rejection as what a framework takes for an error: nothing, and texts such as `route`,
 * can mean to it that the request goes on, or has been answered.
 *
 * @param reason - whatever a promise was rejected with
 * @public
 */
export function asError(reason: unknown): object {
  const isObject = (typeof reason === 'object' && reason !== null) || typeof reason === 'function';
  return isObject
    ? reason
    : new Error(`A handler was rejected with a ${typeof reason} instead of an error`);
}
