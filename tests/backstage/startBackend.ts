import type { ExtendedHttpServer } from '@backstage/backend-defaults/rootHttpRouter';
import {
  type BackendFeature,
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import { authServiceFactory, userInfoServiceFactory } from '@stagepass/auth-backend/backstage';
import { httpAuthServiceFactory, httpRouterServiceFactory } from '@stagepass/auth-http/backstage';
import createKnex, { type Knex } from 'knex';

/** A running Backstage backend, for requests to `/api/...`. */
export interface RunningBackend {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  request(method: string, path: string, headers?: Record<string, string>): Promise<Answer>;
  stop(): Promise<void>;
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Starts a Backstage backend with the given features, on our services, on loopback. */
export async function startBackend(
  features: BackendFeature[],
  config: JsonObject = {},
): Promise<RunningBackend> {
  const clients: Knex[] = [];
  const backend = await startTestBackend({
    features: [
      mockServices.rootConfig.factory({
        data: {
          backend: { baseUrl: 'http://localhost' },
          ...config,
        },
      }),
      authServiceFactory,
      userInfoServiceFactory,
      databases(clients),
      httpAuthServiceFactory,
      httpRouterServiceFactory,
      ...features,
    ],
  });
  return {
    ...client(backend.server),
    async stop() {
      await backend.stop();
      await Promise.all(clients.map(each => each.destroy()));
    },
  };
}

/** A database in memory for each plugin, since Backstage's own service does not close such. */
function databases(clients: Knex[]): BackendFeature {
  return createServiceFactory({
    service: coreServices.database,
    deps: {},
    factory() {
      const knex = createKnex({
        client: 'better-sqlite3',
        connection: ':memory:',
        useNullAsDefault: true,
        pool: { min: 1, max: 1 },
      });
      clients.push(knex);
      return { getClient: async () => knex };
    },
  });
}

function client(server: ExtendedHttpServer): Omit<RunningBackend, 'stop'> {
  const request = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://localhost:${server.port()}${path}`, { method, headers });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text && (JSON.parse(text) as unknown),
    };
  };
  return { request, get: (path, headers) => request('GET', path, headers) };
}
