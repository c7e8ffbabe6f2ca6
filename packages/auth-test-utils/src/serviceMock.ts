import { type MockFunction, mockFunction } from './mockFunction';

/**
 * A service whose methods are {@link MockFunction}s.
 *
 * @public
 */
export type ServiceMock<TService> = {
  [TKey in keyof TService]: TService[TKey] extends (...args: infer TArgs) => infer TReturn
    ? TService[TKey] & MockFunction<TArgs, TReturn>
    : TService[TKey];
};

/**
 * Makes the `.mock()` of a service: it returns mock functions that do what the partial implementation
 * does, and return undefined where it has nothing to say. A mock function that the test runner made stays
 * what it is.
 */
export function serviceMock<TService extends object>(
  serviceName: string,
  methods: readonly (keyof TService & string)[],
): (partialImpl?: Partial<TService>) => ServiceMock<TService> {
  return (partialImpl = {}) => {
    const mock: Record<string, unknown> = {};
    for (const method of new Set([...methods, ...Object.keys(partialImpl)])) {
      const given = partialImpl[method as keyof TService] as unknown;
      if (given !== undefined && (typeof given !== 'function' || isMockFunction(given))) {
        mock[method] = given;
        continue;
      }
      const spy = mockFunction<unknown[], unknown>(`${serviceName}.${method}`);
      mock[method] = given ? spy.mockImplementation(given as () => unknown) : spy;
    }
    return mock as ServiceMock<TService>;
  };
}

/** Makes the `.spy()` of a service: it returns mock functions that do what a working fake does. */
export function serviceSpy<TService extends object, TOptions extends unknown[]>(
  serviceName: string,
  methods: readonly (keyof TService & string)[],
  createFake: (...options: TOptions) => TService,
): (...options: TOptions) => ServiceMock<TService> {
  return (...options) => {
    const fake = createFake(...options) as Record<string, (...args: unknown[]) => unknown>;
    const spies = methods.map(method => [
      method,
      mockFunction(`${serviceName}.${method}`, (...args: unknown[]) => fake[method]?.(...args)),
    ]);
    return Object.fromEntries(spies) as ServiceMock<TService>;
  };
}

/** Tells the mock functions of Jest and Vitest, and those of `node:test`, which have no mark of their own. */
function isMockFunction(given: object): boolean {
  const { _isMockFunction, mock } = given as {
    _isMockFunction?: unknown;
    mock?: { callCount?: unknown };
  };
  return _isMockFunction === true || typeof mock?.callCount === 'function';
}
