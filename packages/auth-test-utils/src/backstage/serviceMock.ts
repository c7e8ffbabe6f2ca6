import {
  createServiceFactory,
  type ServiceFactory,
  type ServiceRef,
} from '@backstage/backend-plugin-api';
import type { ServiceMock as PlainServiceMock } from '@stagepass/auth-test-utils';

/**
 * A service whose methods are mock functions, and a service factory that gives this very service to every
 * plugin of a test backend.
 *
 * @public
 */
export type ServiceMock<TService> = PlainServiceMock<TService> & {
  factory: ServiceFactory<TService, 'plugin', 'singleton'>;
};

/** Makes the `.mock()` or `.spy()` of a service from that of the main entry: what it returns has a factory too. */
export function serviceMock<TService extends object, TOptions extends unknown[]>(
  service: ServiceRef<TService, 'plugin', 'singleton'>,
  plainMock: (...options: TOptions) => PlainServiceMock<TService>,
): (...options: TOptions) => ServiceMock<TService> {
  return (...options) => {
    const mock = plainMock(...options);
    const factory = createServiceFactory({ service, deps: {}, factory: () => mock as TService });
    return Object.assign(mock, { factory });
  };
}
