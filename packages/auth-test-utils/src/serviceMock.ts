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
 * does, and return undefined where it has nothing to say.
 */
export function serviceMock<TService extends object>(
  serviceName: string,
  methods: readonly (keyof TService & string)[],
): (partialImpl?: Partial<TService>) => ServiceMock<TService> {
  return (partialImpl = {}) => {
    const mock: Record<string, unknown> = {};
    for (const method of new Set([...methods, ...Object.keys(partialImpl)])) {
      const given = partialImpl[method as keyof TService] as unknown;
      if (given !== undefined && typeof given !== 'function') {
        mock[method] = given;
        continue;
      }
      const spy = mockFunction<unknown[], unknown>(`${serviceName}.${method}`);
      mock[method] = given ? spy.mockImplementation(given as () => unknown) : spy;
    }
    return mock as ServiceMock<TService>;
  };
}
