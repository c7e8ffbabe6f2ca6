import type { JsonObject } from '@backstage/types';
import type { AuthPolicy, AuthRequest, HttpAuthService } from '@stagepass/auth-node';
import type { HttpAuthServiceOptions } from '../../packages/auth-http/src/createHttpAuthService';
import type { FakeAuthService } from '../../packages/auth-http/src/testing/FakeAuthService';
import type { RawAnswer } from '../../packages/auth-http/src/testing/rawRequest';
import { setUpHttpAuth } from '../../packages/auth-http/src/testing/setUpHttpAuth';

/** What the plugin of this suite is made of, on whichever framework. */
export interface PluginOptions {
  readonly policies?: readonly AuthPolicy[];
  readonly config?: JsonObject;
  /** Where it is mounted; default `/api/test`, empty for the root. */
  readonly basePath?: string;
  /** Its router ignores case and a trailing slash, as far as the framework can; default: neither. */
  readonly lenientRouter?: boolean;
  readonly httpAuth?: Partial<HttpAuthServiceOptions>;
}

/** A plugin that listens. */
export interface RunningPlugin {
  /** Sends request line, without version, and header lines as they are; see `sendRaw`. */
  send(...lines: string[]): Promise<RawAnswer>;
  /** Where it listens, on loopback. */
  readonly port: number;
  addAuthPolicy(policy: AuthPolicy): void;
  readonly auth: FakeAuthService;
  stop(): Promise<void>;
}

/** Starts the plugin on one framework. */
export type StartPlugin = (options: PluginOptions) => Promise<RunningPlugin>;

/** What the plugins need, in every framework. */
export function prepare(options: PluginOptions) {
  const { basePath = '/api/test', config, policies = [], lenientRouter = false } = options;
  const { auth, httpAuth } = setUpHttpAuth({ config, ...options.httpAuth });
  return { auth, httpAuth, config, policies, basePath, lenientRouter };
}

/** The handlers of the plugin: all methods, and `private` for what no other path covers. */
export const routes: ReadonlyArray<{ handler: string; path: string; andBelow: boolean }> = [
  { handler: 'public', path: '/public', andBelow: true },
  { handler: 'item', path: '/item', andBelow: false },
  { handler: 'file', path: '/files/:id', andBelow: false },
  { handler: 'view', path: '/view', andBelow: true },
  { handler: 'user', path: '/user', andBelow: false },
];

/**
 * Answers as a handler: with its name, and with the principal where it asks for one. `view` takes the cookie,
 * `user` insists on a user, `private` takes anybody whom the barrier lets pass.
 */
export async function answerAs(
  handler: string,
  httpAuth: HttpAuthService,
  request: AuthRequest,
): Promise<JsonObject> {
  if (['public', 'item', 'file'].includes(handler)) return { handler };
  const { principal } = await httpAuth.credentials(request, {
    allow: handler === 'user' ? ['user'] : undefined,
    allowLimitedAccess: handler === 'view',
  });
  return { handler, principal: principal as unknown as JsonObject };
}
