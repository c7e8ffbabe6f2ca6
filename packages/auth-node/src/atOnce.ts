/**
 * Tells what is still under way from what was done at once, by what it can: a promise of another realm is one too, and
 * nothing that comes out of a token has a function.
 */
export function isPending<TValue>(value: TValue | Promise<TValue>): value is Promise<TValue> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}

/** Of functions, also those of another copy of this package. */
const inPlace = Symbol.for('@stagepass/auth-node/at-once');

type Asynchronous<TArguments extends unknown[], TResult> = (
  ...args: TArguments
) => Promise<TResult>;

type AtOnce<TArguments extends unknown[], TResult> = (
  ...args: TArguments
) => TResult | Promise<TResult>;

/**
 * Says how to do what a function does without a promise where nobody has to be waited for; it throws what a promise
 * would be rejected with. That belongs to the function itself: who replaces it, or wraps it, is always asked.
 */
export function declareAtOnce<TThis, TArguments extends unknown[], TResult>(
  asynchronous: Asynchronous<TArguments, TResult>,
  atOnce: (this: TThis, ...args: TArguments) => TResult | Promise<TResult>,
): void {
  Object.defineProperty(asynchronous, inPlace, { value: atOnce });
}

/** Returns what was declared for a function, to be called as the same method, or the function. */
export function atOnce<TArguments extends unknown[], TResult>(
  asynchronous: Asynchronous<TArguments, TResult>,
): AtOnce<TArguments, TResult> {
  const { [inPlace]: declared } = asynchronous as { [inPlace]?: AtOnce<TArguments, TResult> };
  return declared ?? asynchronous;
}
