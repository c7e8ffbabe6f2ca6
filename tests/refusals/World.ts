import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '@backstage/types';
import type { AuthBackendOptions } from '@stagepass/auth-backend';
import { createHttpAuthService } from '@stagepass/auth-http';
import { authErrorHandler, createPluginRouter } from '@stagepass/auth-http/express';
import type { AuthEvent, BackstageCredentials } from '@stagepass/auth-node';
import express from 'express';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';

/** A request as a test sends it. */
export interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** An answer, without what changes from one moment to the next. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * The plugin `scaffolder` of a real backend, behind a real request service, on Express: `/private` for users and
 * services, `/users` for users, `/view` for the cookie too, and `/calls`, which asks for a token onward to `search`.
 */
export class World {
  readonly installation: Installation;
  /** What handlers were rejected with. */
  readonly errors: unknown[] = [];
  readonly #config: JsonObject;
  #server: Server | undefined;

  constructor(auth: JsonObject = {}, options: AuthBackendOptions = {}) {
    this.#config = { backend: { auth } };
    this.installation = new Installation({ auth, ...options });
  }

  get events(): AuthEvent[] {
    return this.installation.events;
  }

  async start(): Promise<this> {
    const { installation, events } = this;
    const auth = await installation.plugin();
    const httpAuth = createHttpAuthService({
      auth,
      pluginId: 'scaffolder',
      discovery: {
        getBaseUrl: async id => `http://backend/api/${id}`,
        getExternalBaseUrl: async id => `https://example.com/api/${id}`,
      },
      config: this.#config,
      logger: installation.logger,
      onAuthEvent: event => void events.push(event),
      clock: installation.clock,
    });
    const { router, addAuthPolicy } = createPluginRouter({ auth, httpAuth, config: this.#config });
    addAuthPolicy({ path: '/view', allow: 'user-cookie' });

    const plugin = express.Router();
    plugin.use(router);
    const answer =
      (handle: (req: express.Request) => Promise<unknown>): express.RequestHandler =>
      (req, res, next) => {
        handle(req).then(() => void res.json({ status: 'ok' }), next);
      };
    plugin.all(
      '/private',
      answer(async () => undefined),
    );
    plugin.all(
      '/view',
      answer(async () => undefined),
    );
    plugin.all(
      '/users',
      answer(req => httpAuth.credentials(req, { allow: ['user'] })),
    );
    plugin.all(
      '/calls',
      answer(async req => {
        const onBehalfOf: BackstageCredentials = await httpAuth.credentials(req);
        return auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'search' });
      }),
    );
    const note: express.ErrorRequestHandler = (error, _req, _res, next) => {
      this.errors.push(error);
      next(error);
    };
    const app = express();
    app.set('env', 'test');
    app.use('/api/scaffolder', plugin);
    app.use(note, authErrorHandler());
    const server = createServer(app);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    return this;
  }

  async stop(): Promise<void> {
    await this.installation.backend.close();
    this.#server?.closeAllConnections();
    await new Promise(resolve => this.#server?.close(resolve));
  }

  send({ path = '/private', method = 'GET', headers = {} }: Sent): Promise<Answer> {
    const { port } = this.#server?.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, path: `/api/scaffolder${path}`, method, headers },
        response => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const { date: _, ...kept } = response.headers;
            const body = Buffer.concat(chunks).toString('utf8');
            resolve({ status: response.statusCode ?? 0, headers: kept, body });
          });
        },
      );
      sent.on('error', reject);
      sent.end();
    });
  }
}

/** Headers with a bearer token. */
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
