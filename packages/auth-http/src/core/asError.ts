/**
 * Returns the reason of a rejection as what a framework takes for an error: nothing, and texts such as `route`,
 * can mean to it that the request goes on, or has been answered.
 *
 * @param reason - whatever a promise was rejected with
 * @public
 */
export function asError(reason: unknown): object {
  return reason instanceof Object
    ? reason
    : new Error(`A handler was rejected with a ${typeof reason} instead of an error`);
}
