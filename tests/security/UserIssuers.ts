import { EventEmitter, once } from 'node:events';
import {
  createAuthBackend,
  createUserTokenIssuer,
  type UserTokenIssuer,
} from '@stagepass/auth-backend';
import type { AuthService, KeyStore } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { FlakyKeyStore } from '../../packages/auth-backend/src/testing/FlakyKeyStore';
import { RecordingLogger } from '../../packages/auth-backend/src/testing/RecordingLogger';

export const JANE = 'user:default/jane';

type Options = Parameters<typeof createUserTokenIssuer>[0];

/** Replicas of the `auth` plugin that share a key store, and backends that fetch their key set from any of them. */
export class UserIssuers {
  readonly clock = new TestClock();
  readonly logger = new RecordingLogger();
  readonly store = new FlakyKeyStore();
  readonly replicas: UserTokenIssuer[] = [];
  /** What the key-set endpoint answered last. */
  answered = '';
  #turn = 0;
  readonly #events = new EventEmitter();

  /** Starts a replica, ready when the promise resolves. */
  async start(options: Partial<Options> = {}): Promise<UserTokenIssuer> {
    const { clock, logger } = this;
    const { store } = this;
    const keyStore: KeyStore = {
      addKey: key => {
        this.#events.emit('offer');
        return store.addKey(key);
      },
      listKeys: () => store.listKeys(),
      deleteKeysExpiredBefore: time => store.deleteKeysExpiredBefore(time),
    };
    const issuer = 'https://example.com/api/auth';
    const replica = await createUserTokenIssuer({ issuer, keyStore, clock, logger, ...options });
    this.replicas.push(replica);
    return replica;
  }

  /** Starts a backend that knows no key yet. */
  startVerifier(): Promise<AuthService> {
    const getBaseUrl = async (pluginId: string) => `http://backend/api/${pluginId}`;
    const { clock, logger } = this;
    return createAuthBackend({
      discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
      clock,
      logger,
      fetch: async () => {
        const replica = this.replicas[this.#turn++ % this.replicas.length]!;
        this.answered = JSON.stringify(await replica.listPublicKeys());
        return new Response(this.answered);
      },
    }).forPlugin('scaffolder');
  }

  /** Resolves when a replica offers a key to the store the next time. */
  nextOffer(): Promise<unknown> {
    return once(this.#events, 'offer');
  }

  /** Lets time pass, second by second, for a promise that waits for it. */
  async inTime<TResult>(promise: Promise<TResult>): Promise<TResult> {
    let done = false;
    const end = () => void (done = true);
    promise.then(end, end);
    while (!done) {
      await settle();
      if (!done && this.clock.pendingTimers > 0) this.clock.advance(1_000);
    }
    return promise;
  }
}

/** Issues a token for Jane. */
export async function signIn(replica: UserTokenIssuer): Promise<string> {
  return (await replica.issueToken({ claims: { sub: JANE } })).token;
}

/** The name of the key that signed a token. */
export function kidOf(token: string): string {
  const [header = ''] = token.split('.');
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
}
