import { isPromise } from 'node:util/types';
import { type MockFunctionCalls, noCalls, observe, record } from './mockFunctionCalls';

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
  /** Forgets the calls and what it was told: a spy does again what the fake does, others return undefined. */
  mockReset(): this;
  /** The same as `mockReset`. */
  mockRestore(): void;
}

/**
 * Makes a mock function.
 *
 * @param original - what it does until it is told otherwise, and again once it is reset; default nothing
 */
export function mockFunction<TArgs extends unknown[], TReturn>(
  defaultName: string,
  original?: (...args: TArgs) => TReturn,
): MockFunction<TArgs, TReturn> {
  type Implementation = (...args: TArgs) => TReturn;
  let name = defaultName;
  const resetCalls = () => {
    calls = noCalls(resetCalls);
  };
  let calls: MockFunctionCalls<TArgs, TReturn> = noCalls(resetCalls);
  let implementation: Implementation | undefined = original;
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
      resetCalls();
      return mock;
    },
    mockReset() {
      implementation = original;
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
