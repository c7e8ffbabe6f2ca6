import { createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService, Clock, PublicJwk } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import type { Knex } from 'knex';
import { RecordingLogger } from '../../packages/auth-backend/src/testing/RecordingLogger';

/** Replicas of the plugin `catalog`, and of `scaffolder`, which fetches the key set from any of the former. */
export class PluginReplicas {
  readonly clock = new TestClock();
  readonly logger = new RecordingLogger();
  readonly issuers: AuthService[] = [];
  /** The key sets that were answered. */
  readonly answers: string[] = [];
  #turn = 0;

  /** Starts a replica of `catalog` on a database; ready when the promise resolves. */
  async start(client: Knex, clock: Clock = this.clock): Promise<AuthService> {
    const issuer = await this.#backend(clock).forPlugin('catalog', {
      database: { getClient: () => Promise.resolve(client) },
    });
    this.issuers.push(issuer);
    return issuer;
  }

  /** Starts a replica of `scaffolder`, which knows no key yet. */
  startVerifier(clock: Clock = this.clock): Promise<AuthService> {
    return this.#backend(clock).forPlugin('scaffolder');
  }

  #backend(clock: Clock) {
    const getBaseUrl = async (pluginId: string) => `http://backend/api/${pluginId}`;
    return createAuthBackend({
      discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
      config: {
        backend: { discovery: { endpoints: [{ target: 'http://backend', plugins: ['catalog'] }] } },
      },
      clock,
      logger: this.logger,
      fetch: async () => {
        const replica = this.issuers[this.#turn++ % this.issuers.length]!;
        const answer = JSON.stringify(await replica.listPublicServiceKeys());
        this.answers.push(answer);
        return new Response(answer);
      },
    });
  }
}

/** Issues a token for `scaffolder`. */
export async function issue(replica: AuthService): Promise<string> {
  const onBehalfOf = await replica.getOwnServiceCredentials();
  return (await replica.getPluginRequestToken({ onBehalfOf, targetPluginId: 'scaffolder' })).token;
}

/** What the credentials of an accepted token of `catalog` look like. */
export const catalog = 'backstageCredentials{servicePrincipal{plugin:catalog}}';

/** Lists the key ids that a replica publishes. */
export async function kidsOf(replica: AuthService): Promise<string[]> {
  const { keys } = await replica.listPublicServiceKeys();
  return (keys as PublicJwk[]).map(({ kid }) => kid);
}
