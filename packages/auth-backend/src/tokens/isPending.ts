/**
 * Tells what is still under way from what was done at once, by what it can: a promise of another realm is one too, and
 * nothing that comes out of a token has a function.
 */
export function isPending<TValue>(value: TValue | Promise<TValue>): value is Promise<TValue> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}
