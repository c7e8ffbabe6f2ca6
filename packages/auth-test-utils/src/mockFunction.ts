import { AsyncResource } from 'node:async_hooks';
import { isPromise } from 'node:util/types';

/**
 * What a mock function remembers of its calls, the oldest first; one entry per call in each list.
 *
 * @public
 */
export interface MockFunctionCalls<TArgs extends unknown[], TReturn> {
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

/**
 * A function that remembers its calls and does what it is told, in the shape that the `expect` of Jest and
 * of Vitest takes for a mock. It belongs to no test runner: what resets all mocks of a runner does not
 * reset it.
 *
 * @public
 */
export interface MockFunction<TArgs extends unknown[], TReturn> {
  (...args: TArgs): TReturn;
  readonly _isMockFunction: true;
  readonly mock: MockFunctionCalls<TArgs, TReturn>;
  getMockName(): string;
  /** Names the function for messages. */
  mockName(name: string): this;
  getMockImplementation(): ((...args: TArgs) => TReturn) | undefined;
  /** Sets what every call does. */
  mockImplementation(implementation: (...args: TArgs) => TReturn): this;
  /** Sets what the next call does; further ones queue up. */
  mockImplementationOnce(implementation: (...args: TArgs) => TReturn): this;
  /** Does something else while the callback runs, until its promise settles, then what it did before. */
  withImplementation(
    implementation: (...args: TArgs) => TReturn,
    callback: () => Promise<unknown>,
  ): Promise<void>;
  withImplementation(implementation: (...args: TArgs) => TReturn, callback: () => void): void;
  /** Lets every call return what `this` is. */
  mockReturnThis(): this;
  mockReturnValue(value: TReturn): this;
  mockReturnValueOnce(value: TReturn): this;
  mockResolvedValue(value: Awaited<TReturn>): this;
  mockResolvedValueOnce(value: Awaited<TReturn>): this;
  mockRejectedValue(error: unknown): this;
  mockRejectedValueOnce(error: unknown): this;
  /** Forgets the calls. */
  mockClear(): this;
  /** Forgets the calls and the implementations: calls return undefined. */
  mockReset(): this;
  /** The same as `mockReset`: nothing was replaced that could come back. */
  mockRestore(): void;
}

/** Makes a mock function that returns undefined until it is told otherwise. */
export function mockFunction<TArgs extends unknown[], TReturn>(
  defaultName: string,
): MockFunction<TArgs, TReturn> {
  type Implementation = (...args: TArgs) => TReturn;
  let name = defaultName;
  let calls: MockFunctionCalls<TArgs, TReturn> = noCalls();
  let implementation: Implementation | undefined;
  let once: Implementation[] = [];

  function call(this: unknown, ...args: TArgs): TReturn {
    const { result, settled } = record(calls, this, args);
    try {
      const behaviour = once.shift() ?? implementation;
      const value = observe(behaviour?.apply(this, args) as TReturn, settled);
      Object.assign(result, { type: 'return', value });
      return value;
    } catch (error) {
      Object.assign(result, { type: 'throw', value: error });
      Object.assign(settled, { type: 'rejected', value: error });
      throw error;
    }
  }

  const mock = Object.assign(call, {
    _isMockFunction: true as const,
    getMockName: () => name,
    mockName(newName: string) {
      name = newName;
      return mock;
    },
    getMockImplementation: () => implementation,
    mockImplementation(newImplementation: Implementation) {
      implementation = newImplementation;
      return mock;
    },
    mockImplementationOnce(newImplementation: Implementation) {
      once.push(newImplementation);
      return mock;
    },
    withImplementation(temporary: Implementation, callback: () => unknown) {
      const [before, onceBefore] = [implementation, once];
      const putBack = () => {
        implementation = before;
        once = onceBefore;
      };
      implementation = temporary;
      once = [];
      return runAndThen(callback, putBack);
    },
    mockReturnThis() {
      return mock.mockImplementation(function (this: TReturn) {
        return this;
      });
    },
    mockReturnValue: (value: TReturn) => mock.mockImplementation(() => value),
    mockReturnValueOnce: (value: TReturn) => mock.mockImplementationOnce(() => value),
    mockResolvedValue: (value: unknown) =>
      mock.mockImplementation(() => Promise.resolve(value) as TReturn),
    mockResolvedValueOnce: (value: unknown) =>
      mock.mockImplementationOnce(() => Promise.resolve(value) as TReturn),
    mockRejectedValue: (error: unknown) =>
      mock.mockImplementation(() => Promise.reject(error) as TReturn),
    mockRejectedValueOnce: (error: unknown) =>
      mock.mockImplementationOnce(() => Promise.reject(error) as TReturn),
    mockClear() {
      calls = noCalls();
      return mock;
    },
    mockReset() {
      implementation = undefined;
      once = [];
      return mock.mockClear();
    },
    mockRestore() {
      mock.mockReset();
    },
  }) as MockFunction<TArgs, TReturn>;
  return Object.defineProperty(mock, 'mock', { get: () => calls, enumerable: true });
}

/** Runs something, and cleans up when it is done, or its promise is. */
function runAndThen(run: () => unknown, cleanUp: () => void): Promise<void> | void {
  let running: unknown;
  try {
    running = run();
  } finally {
    if (!isPromise(running)) cleanUp();
  }
  if (isPromise(running)) return running.then(() => undefined).finally(cleanUp);
}

function noCalls() {
  return {
    calls: [],
    contexts: [],
    instances: [],
    invocationCallOrder: [],
    results: [],
    settledResults: [],
  };
}

/** Notes that a call begins; how it ends is written into what is returned. */
function record<TArgs extends unknown[], TReturn>(
  into: MockFunctionCalls<TArgs, TReturn>,
  self: unknown,
  args: TArgs,
) {
  const result = { type: 'incomplete', value: undefined } as const;
  const settled = { type: 'incomplete', value: undefined } as const;
  into.calls.push(args);
  into.lastCall = args;
  into.contexts.push(self);
  into.instances.push(self as TReturn);
  // Node's own counter, which no faked timers stop and all copies of this module share.
  into.invocationCallOrder.push(new AsyncResource('mockFunction').asyncId());
  into.results.push(result);
  into.settledResults.push(settled);
  return { result, settled };
}

/** Writes down how a value settles, and returns it, a promise as one that has been written down. */
function observe<TValue>(value: TValue, settled: object): TValue {
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
