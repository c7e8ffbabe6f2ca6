import type { createAuthBackend } from '@stagepass/auth-backend';
import type { createCredentialsBarrier } from '@stagepass/auth-http';
import type { AuthService, HttpAuthService } from '@stagepass/auth-node';

/** Our side with one thing weakened. */
export interface Weakened {
  readonly createAuthBackend?: typeof createAuthBackend;
  readonly createCredentialsBarrier?: typeof createCredentialsBarrier;
  readonly auth?: (auth: AuthService) => AuthService;
  readonly httpAuth?: (httpAuth: HttpAuthService) => HttpAuthService;
}

/** Loads our packages with one module changed. */
export async function withModule<TModule extends object>(
  path: string,
  change: (actual: TModule) => Partial<TModule>,
): Promise<Weakened> {
  let weakened: Weakened = {};
  await jest.isolateModulesAsync(async () => {
    jest.doMock(path, () => {
      const actual = jest.requireActual<TModule>(path);
      return { ...actual, ...change(actual) };
    });
    const auth = await import('@stagepass/auth-backend');
    const doors = await import('@stagepass/auth-http');
    weakened = {
      createAuthBackend: auth.createAuthBackend,
      createCredentialsBarrier: doors.createCredentialsBarrier,
    };
  });
  jest.dontMock(path);
  return weakened;
}

/** A service with some methods replaced; its private members stay where they are. */
export function replacing<TService extends object>(
  service: TService,
  methods: Partial<TService>,
): TService {
  return new Proxy(service, {
    get(target, name) {
      const value = (methods[name as keyof TService] ?? target[name as keyof TService]) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
