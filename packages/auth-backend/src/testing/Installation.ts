import type { JsonObject } from '@backstage/types';
import type { AuthService } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import type { AuthBackend, AuthBackendOptions } from '../AuthBackend';
import type { AuthEvent } from '@stagepass/auth-node';
import { createAuthBackend } from '../createAuthBackend';
import { writeLimitedSigningInput } from '../tokens/limitedUser/limitedUserToken';
import { FakeNetwork } from './FakeNetwork';
import { createKey } from './keyFixtures';
import { RecordingLogger } from './RecordingLogger';
import { decode, forge } from './tokenFixtures';

/** The user that tests speak of. */
export const JANE = 'user:default/jane';

/** The static token of the caller `ci`, and the configuration that names it. */
export const STATIC_TOKEN = 'canary-static-token';
export const externalAccess = [{ type: 'static', options: { token: STATIC_TOKEN, subject: 'ci' } }];

/**
 * A backend under test, `backend`, in a network with others whose keys the test holds: the plugin `catalog`
 * in another process, and the auth plugin that signs users in.
 */
export class Installation {
  readonly clock = new TestClock();
  readonly logger = new RecordingLogger();
  readonly events: AuthEvent[] = [];
  readonly network: FakeNetwork;
  readonly backend: AuthBackend;
  readonly catalogKey = createKey('catalog-key');
  readonly userKey = createKey('user-key');

  /** @param options - `auth`: the section `backend.auth` of the configuration */
  constructor({ auth, ...options }: AuthBackendOptions & { auth?: JsonObject } = {}) {
    this.network = new FakeNetwork(this.clock, url => this.#answer(url));
    this.backend = createAuthBackend({
      discovery: {
        getBaseUrl: async id => `http://backend/api/${id}`,
        getExternalBaseUrl: async id => `https://example.com/api/${id}`,
      },
      config: { backend: { auth: auth ?? {} } },
      logger: this.logger,
      clock: this.clock,
      fetch: this.network.fetch,
      onAuthEvent: event => this.events.push(event),
      ...options,
    });
  }

  /** Opens a plugin of the backend under test; default `scaffolder`. */
  plugin(pluginId = 'scaffolder'): Promise<AuthService> {
    return this.backend.forPlugin(pluginId);
  }

  get now(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  /** A token of `catalog` for `scaffolder`; claims and header are good but for what is given. */
  pluginToken(claims: object = {}, header: object = {}, key = this.catalogKey): string {
    return forge(
      { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'catalog-key', ...header },
      { sub: 'catalog', aud: 'scaffolder', iat: this.now, exp: this.now + 3600, ...claims },
      key.signing,
    );
  }

  /** A user token of Jane; claims and header are good but for what is given. */
  userToken(claims: object = {}, header: object = {}, key = this.userKey): string {
    const payload = {
      iss: 'https://example.com/api/auth',
      sub: JANE,
      aud: 'backstage',
      iat: this.now,
      exp: this.now + 3600,
      ...claims,
    };
    const uip = this.limitedUserToken(payload, {}, key).split('.')[2];
    return forge(
      { typ: 'vnd.backstage.user', alg: 'ES256', kid: 'user-key', ...header },
      { uip, ...payload },
      key.signing,
    );
  }

  /** A limited user token of Jane; claims and header are good but for what is given. */
  limitedUserToken(
    claims: { sub?: string; iat?: number; exp?: number } = {},
    header: object = {},
    key = this.userKey,
  ): string {
    const { sub = JANE, iat = this.now, exp = this.now + 3600 } = claims;
    const input = writeLimitedSigningInput({ alg: 'ES256', kid: 'user-key' }, { sub, iat, exp });
    const written = decode(`${input}.`);
    return forge({ ...written.header, ...header }, written.payload, key.signing);
  }

  /** Everything that could have left the process beside tokens: the log, and the audit trail. */
  get traces(): string {
    return `${this.logger.text}\n${JSON.stringify(this.events)}`;
  }

  #answer(url: string): Response {
    const { pathname } = new URL(url);
    const keys = {
      '/api/catalog/.backstage/auth/v1/jwks.json': [this.catalogKey.jwk],
      '/api/auth/.well-known/jwks.json': [this.userKey.jwk],
    }[pathname];
    return keys ? Response.json({ keys }) : new Response('', { status: 404 });
  }
}
