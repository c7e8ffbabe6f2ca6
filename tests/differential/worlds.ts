import { createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService, BackstageCredentials, LoggerService } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { type KeySetServer, startKeySetServer } from '../interop/keySetServer';
import { createKeys, type Keys, publishedKeys, secrets } from './keys';
import { createTheirAuth, type PluginKeySource } from './theirs';

/** The moment at which everything happens; not a whole second, as moments are. */
export const NOW = Date.UTC(2026, 0, 1, 12) + 500;

/** The same in seconds, as far as tokens can say it. */
export const NOW_SECONDS = Math.floor(NOW / 1000);

/** The configured texts that are tokens by themselves. */
export const staticTokens = {
  plain: 'static-token-of-the-ci',
  here: 'static-token-for-the-receiver',
  elsewhere: 'static-token-for-another-plugin',
  unicode: 'static-tökén-of-the-ci',
  long: `static-${'x'.repeat(32_768)}`,
};

/** Who third parties are, and what they issue tokens for. */
export const parties = { issuer: 'https://idp.example.com', audience: 'backstage-backend' };

/** The same plugin on both sides. */
export interface World {
  readonly ours: AuthService;
  readonly theirs: AuthService;
  readonly keys: Keys;
  readonly keySets: KeySetServer;
  /** The clock of ours. */
  readonly clock: TestClock;
  /** The configuration of ours, `backend.auth`. */
  readonly auth: object;
  /** Ours was told to accept user tokens of the old form. */
  readonly untypedAccepted: boolean;
  close(): Promise<void>;
}

/** What stands in for our side, to see whether the suite notices. */
export interface OurSide {
  createAuthBackend: typeof createAuthBackend;
  wrap?(auth: AuthService): AuthService;
}

/** Sets up the plugin `receiver` on both sides alike. */
export async function createWorld(
  options: { ourSide?: OurSide; untypedAccepted?: boolean; keys?: Keys } = {},
): Promise<World> {
  const { ourSide = { createAuthBackend }, untypedAccepted = false, keys = createKeys() } = options;
  const pluginId = 'receiver';
  const keySets = await startKeySetServer();
  const { users, plugins } = publishedKeys(keys);
  keySets.users = () => Promise.resolve({ keys: users });
  for (const [id, published] of Object.entries(plugins)) {
    keySets.plugins.set(id, () => Promise.resolve({ keys: published }));
  }
  keySets.plugins.set('broken', () => Promise.reject(new Error('out of order')));
  const { discovery } = keySets;
  const auth = await defaultConfig(keySets);
  const configOf = (more: object[]) => ({
    backend: {
      auth: {
        acceptUntypedUserTokens: untypedAccepted,
        ...auth,
        externalAccess: [...auth.externalAccess, ...more],
      },
    },
  });
  const clock = new TestClock(NOW);
  const backend = ourSide.createAuthBackend({
    discovery,
    config: configOf([]),
    clock,
    logger: silentLogger,
  });
  const ours = await backend.forPlugin(pluginId);
  return {
    ours: ourSide.wrap ? ourSide.wrap(ours) : ours,
    theirs: await createTheirAuth({
      pluginId,
      discovery,
      // Ours does not start with a token that no header can carry.
      config: configOf([staticEntry(staticTokens.unicode, 'ci-unicode')]),
      logger: silentLogger,
      keySource: memoryKeySource(),
    }),
    keys,
    keySets,
    clock,
    auth,
    untypedAccepted,
    close: () => keySets.close(),
  };
}

const staticEntry = (token: string, subject: string, plugin?: string) => ({
  type: 'static',
  options: { token, subject },
  ...(plugin && { accessRestrictions: [{ plugin, permission: 'catalog.entity.read' }] }),
});

async function defaultConfig({ discovery }: KeySetServer) {
  const keySetOf = async (id: string) =>
    `${await discovery.getBaseUrl(id)}/.backstage/auth/v1/jwks.json`;
  return {
    externalAccess: [
      staticEntry(staticTokens.plain, 'ci'),
      staticEntry(staticTokens.here, 'ci-here', 'receiver'),
      staticEntry(staticTokens.elsewhere, 'ci-elsewhere', 'elsewhere'),
      staticEntry(staticTokens.long, 'ci-long'),
      { type: 'legacy', options: { secret: secrets.secret, subject: 'old-caller' } },
      {
        type: 'legacy',
        options: { secret: secrets.restrictedSecret, subject: 'old-caller-elsewhere' },
        accessRestrictions: [{ plugin: 'elsewhere' }],
      },
      {
        type: 'jwks',
        options: { url: await keySetOf('idp'), ...parties },
      },
      {
        type: 'jwks',
        options: {
          url: await keySetOf('prefixed'),
          issuer: [parties.issuer, 'https://other.example.com'],
          audience: `${parties.audience}, second`,
          algorithm: ['ES256', 'RS256'],
          subjectPrefix: 'ci',
        },
        accessRestrictions: [{ plugin: 'receiver', permissionAttribute: { action: 'read' } }],
      },
      {
        type: 'jwks',
        options: {
          url: await keySetOf('open'),
          dangerouslyAllowAnyIssuer: true,
          dangerouslyAllowAnyAudience: true,
        },
      },
    ],
    keys: [{ secret: secrets.oldSecret }],
  };
}

/** Describes credentials down to what does not show, as one text. */
export function describeCredentials(credentials: BackstageCredentials): string {
  const { principal, expiresAt } = credentials;
  return JSON.stringify([String(credentials), expiresAt?.getTime() ?? null, principal]);
}

function memoryKeySource(): PluginKeySource {
  const fault = () => Promise.reject(new Error('this plugin signs nothing'));
  return { getPrivateSigningKey: fault, listKeys: () => Promise.resolve({ keys: [] }) };
}

/** Makes the clock of this process stand still at {@link NOW}; its timers go on. */
export function stopTime(): void {
  jest.useFakeTimers({
    now: NOW,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'requestAnimationFrame',
      'cancelAnimationFrame',
      'requestIdleCallback',
      'cancelIdleCallback',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
}

export const silentLogger: LoggerService = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => silentLogger,
};
