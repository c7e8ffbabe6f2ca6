import { AsyncResource } from 'node:async_hooks';
import { isPromise } from 'node:util/types';

/**
 * What a mock function remembers of its calls, the oldest first; one entry per call in each list.
 *
 * @public
 */
export interface MockFunctionCalls<TArgs extends unknown[], TReturn> {
  /**
   * The arguments of each call. As in `node:test`, each list also has `arguments`, `result`, `error` and `this`,
   * which are not enumerable and in no type.
   */
  readonly calls: TArgs[];
  /** The arguments of the last call; absent before the first. */
  lastCall?: TArgs;
  /** What `this` was. */
  readonly contexts: unknown[];
  /** The same as `contexts`, of the type that Jest and Vitest give it: what `new` made, had it been called so. */
  readonly instances: TReturn[];
  /** Numbers that grow from call to call, over all mock functions of the process. */
  readonly invocationCallOrder: number[];
  /** How the calls ended; a promise counts as returned. */
  readonly results: Array<
    | MockResult<'return', TReturn>
    | MockResult<'throw', unknown>
    | MockResult<'incomplete', undefined>
  >;
  /** How the calls ended once their promises had settled. */
  readonly settledResults: Array<
    | MockResult<'fulfilled', Awaited<TReturn>>
    | MockResult<'rejected', unknown>
    | MockResult<'incomplete', undefined>
  >;
  /** How many calls there were, as `node:test` counts them. */
  callCount(): number;
  /** Forgets the calls, as `node:test` does it. */
  resetCalls(): void;
}

/**
 * How a call of a mock function ended.
 *
 * @public
 */
export interface MockResult<TType, TValue> {
  type: TType;
  /** What was returned or thrown; undefined while the call goes on. */
  value: TValue;
}

/** Remembers nothing yet. */
export function noCalls<TArgs extends unknown[], TReturn>(
  resetCalls: () => void,
): MockFunctionCalls<TArgs, TReturn> {
  const calls: TArgs[] = [];
  const memory = {
    calls,
    contexts: [],
    instances: [],
    invocationCallOrder: [],
    results: [],
    settledResults: [],
  };
  // Not enumerable, as they are no part of what Jest and Vitest print and compare.
  return Object.defineProperties(memory, {
    callCount: { value: () => calls.length },
    resetCalls: { value: resetCalls },
  }) as typeof memory & MockFunctionCalls<TArgs, TReturn>;
}

/** Notes that a call begins; how it ends is written into what is returned. */
export function record<TArgs extends unknown[], TReturn>(
  into: MockFunctionCalls<TArgs, TReturn>,
  self: unknown,
  args: TArgs,
) {
  const result: MockResult<'return' | 'throw' | 'incomplete', unknown> = {
    type: 'incomplete',
    value: undefined,
  };
  const settled = { type: 'incomplete', value: undefined } as const;
  into.calls.push(describeCall(self, args, result));
  into.lastCall = args;
  into.contexts.push(self);
  into.instances.push(self as TReturn);
  // Node's own counter, which no faked timers stop and all copies of this module share.
  into.invocationCallOrder.push(new AsyncResource('mockFunction').asyncId());
  into.results.push(result as MockResult<'incomplete', undefined>);
  into.settledResults.push(settled);
  return { result, settled };
}

function describeCall<TArgs extends unknown[]>(
  self: unknown,
  args: TArgs,
  result: MockResult<string, unknown>,
): TArgs {
  const valueIf = (type: string) => () => (result.type === type ? result.value : undefined);
  return Object.defineProperties([...args], {
    arguments: { value: args },
    result: { get: valueIf('return') },
    error: { get: valueIf('throw') },
    this: { value: self },
  }) as TArgs;
}

/** Writes down how a value settles, and returns it, a promise as one that has been written down. */
export function observe<TValue>(value: TValue, settled: object): TValue {
  if (!isPromise(value)) {
    Object.assign(settled, { type: 'fulfilled', value });
    return value;
  }
  // The caller gets the promise that follows, so that a rejection which nobody awaits stays unhandled.
  return value.then(
    (fulfilled: unknown) => {
      Object.assign(settled, { type: 'fulfilled', value: fulfilled });
      return fulfilled;
    },
    (error: unknown) => {
      Object.assign(settled, { type: 'rejected', value: error });
      throw error;
    },
  ) as TValue;
}
