import { setMaxListeners } from 'node:events';
import type { AuthService, Clock, DiscoveryService, LoggerService } from '@stagepass/auth-node';
import {
  AuthRecorder,
  consoleLogger,
  CountedLog,
  createAuthError,
  createAuthMetrics,
  noMetrics,
  quote,
  systemClock,
} from '@stagepass/auth-node/internal';
import type { AuthBackend, AuthBackendOptions, PluginAuthOptions } from './AuthBackend';
import { readAuthConfig } from './config/readAuthConfig';
import { DefaultAuthService } from './DefaultAuthService';
import { explain, type Watch } from './explain/explain';
import { limitRequests } from './explain/limitRequests';
import { WatchedKeys } from './explain/WatchedKeys';
import { type KeyFinder, KeySets } from './keys/KeySets';
import type { KeySource } from './keys/KeySource';
import { PluginKeySources } from './keys/PluginKeySources';
import type { PluginDatabase } from './keys/sqlTables';
import { CallTokens } from './CallTokens';
import { MemoryBudget, noMemory, readMemoryLimits } from './memory/MemoryBudget';
import { CryptoTurn } from './tokens/CryptoTurn';
import { ExternalAccess } from './tokens/external/ExternalAccess';
import { decoratePluginTokens } from './tokens/plugin/decoratePluginTokens';
import { isPluginId } from './tokens/plugin/pluginId';
import { PluginTokens } from './tokens/plugin/PluginTokens';
import { UserTokens } from './tokens/user/UserTokens';
import { DefaultUserInfoService } from './userInfo/DefaultUserInfoService';
import { fetchUserClaims } from './userInfo/fetchUserClaims';
import { SharedAnswers } from './userInfo/SharedAnswers';
import { VerifiedTokens } from './VerifiedTokens';

/**
 * Makes the auth services of a backend: one call per process, then `forPlugin` for each plugin.
 *
 * @param options - see {@link AuthBackendOptions}
 * @throws Error `AUTH_CONFIG_INVALID` when the configuration is wrong; the message starts with the path
 * @example
 * ```ts
 * const backend = createAuthBackend({ discovery });
 * const auth = await backend.forPlugin('my-plugin');
 * const credentials = await auth.authenticate(token);
 * ```
 * @public
 */
export function createAuthBackend(options: AuthBackendOptions): AuthBackend {
  const { logger = consoleLogger, clock = systemClock, userTokenIssuer } = options;
  const config = readAuthConfig(options.config);
  for (const warning of config.warnings) logger.warn(warning);
  const metrics = createAuthMetrics();
  const closing = new AbortController();
  // As many requests as there are hosts may be under way.
  setMaxListeners(0, closing.signal);
  const network = {
    fetch: options.fetch ?? fetch,
    clock,
    closing: closing.signal,
    onKeySetFetch: (outcome: 'success' | 'failure') => metrics.countKeySetFetch(outcome),
  };
  // Anybody can name issuers that do not exist, and whose key sets cannot be fetched.
  const countedLog = new CountedLog({
    write: (message, meta) => logger.warn(message, meta),
    clock,
  });
  const keySets = new KeySets({
    network,
    logger: { warn: message => countedLog.tell('key sets', () => message) },
  });
  for (const pluginId of config.discoveredPlugins) keySets.addKnownPlugin(pluginId);
  if (userTokenIssuer) {
    keySets.setLocalUserIssuer(async () => (await userTokenIssuer.listPublicKeys()).keys);
  }
  const turn = new CryptoTurn();
  const processMemory = new MemoryBudget(readMemoryLimits(options.cache));
  const keySources = new PluginKeySources({ staticKeys: config.staticKeys, clock });
  const services = new Map<string, Promise<AuthService>>();
  const recorders: Array<{ recorder: AuthRecorder; itsLogger: LoggerService }> = [];
  /** What plugins brought of their own, for explanations. */
  const brought = new Map<string, PluginAuthOptions>();
  const explanationNetwork = limitRequests(network);
  let closed = false;

  /** One for all who record at the same place: services can be asked for as often as one likes. */
  function recorderOf(pluginId: string, itsLogger = logger): AuthRecorder {
    const known = recorders.find(
      other => other.recorder.pluginId === pluginId && other.itsLogger === itsLogger,
    );
    if (known) return known.recorder;
    const { onAuthEvent } = options;
    const recorder = new AuthRecorder({ pluginId, logger: itsLogger, clock, onAuthEvent, metrics });
    recorders.push({ recorder, itsLogger });
    return recorder;
  }

  function userTokensVia(discovery: DiscoveryService, finder: KeyFinder = keySets): UserTokens {
    return new UserTokens({
      findKey: kid => finder.findUserKey({ kid, discovery }),
      algorithms: config.userAlgorithms,
      untypedAccepted: config.untypedUserTokens,
      clock,
      turn,
    });
  }

  /** @param watch - for an explanation, which has a service to itself: it signs nothing and leaves no trace */
  async function open(
    pluginId: string,
    own: PluginAuthOptions,
    watch?: Watch,
  ): Promise<AuthService> {
    const discovery = own.discovery ?? options.discovery ?? missingDiscovery(pluginId);
    const pluginLogger = watch?.logger ?? own.logger ?? logger;
    const finder = watch?.keySets ?? keySets;
    // Wrong entries are found before anything is written to a database.
    const externalAccess = new ExternalAccess({
      pluginId,
      entries: config.externalAccess,
      handlers: [...(options.externalTokenHandlers ?? []), ...(own.externalTokenHandlers ?? [])],
      keysOf: entry => kid => finder.findExternalKey(entry, kid),
      clock,
      turn,
      onTried: watch?.onTried,
      onPassedOver: watch
        ? undefined
        : reason =>
            countedLog.tell(
              'external token handlers',
              () => `${reason}; another method accepted the token`,
            ),
    });
    const database = own.database ?? databaseOf(options, pluginId);
    const keySource = watch ? noKeys : await keySources.open(pluginId, database, pluginLogger);
    if (!watch) keySets.addLocalPlugin(pluginId, () => keySource.listPublicKeys());
    const pluginTokens = decoratePluginTokens({
      pluginId,
      pluginTokens: new PluginTokens({
        pluginId,
        keySource,
        keySets: finder,
        discovery,
        algorithms: keySources.algorithms,
        clock,
        turn,
      }),
      decorator: own.pluginTokenHandlerDecorator,
    });
    const userTokens = userTokensVia(discovery, finder);
    const { defaultPolicyDisabled, storedServiceCredentials, restrictedDelegation } = config;
    const memory = watch ? new MemoryBudget(noMemory) : processMemory;
    return new DefaultAuthService({
      pluginId,
      verifiedTokens: new VerifiedTokens({
        pluginTokens,
        userTokens,
        externalAccess,
        clock,
        memory,
      }),
      callTokens: new CallTokens({
        pluginTokens,
        userTokens,
        keySource,
        defaultPolicyDisabled,
        storedServiceCredentials,
        restrictedDelegation,
        clock,
        memory,
      }),
      keySource,
      recorder: watch ? silentRecorder(pluginId, watch, clock) : recorderOf(pluginId, pluginLogger),
    });
  }

  const answers = new SharedAnswers(clock);

  return {
    forPlugin(pluginId, own = {}) {
      const service = services.get(pluginId);
      if (service) return service;
      const problem = whyNotOpened(pluginId, closed, services.keys());
      if (problem) return Promise.reject(createAuthError('AUTH_CONFIG_INVALID', problem));
      const opened = open(pluginId, own);
      services.set(pluginId, opened);
      brought.set(pluginId, own);
      opened.catch(() => services.delete(pluginId));
      return opened;
    },
    async explainToken(token, { pluginId, allowLimitedAccess = false }) {
      const problem = isPluginId(pluginId) ? undefined : whyNotOpened(pluginId, false, []);
      if (problem) throw createAuthError('AUTH_CONFIG_INVALID', problem);
      const own = brought.get(pluginId) ?? {};
      return explain(token, {
        pluginId,
        allowLimitedAccess,
        clock,
        entries: config.externalAccess,
        discovery: own.discovery ?? options.discovery ?? lazyDiscovery,
        keys: new WatchedKeys(keySets, explanationNetwork),
        open: watch => open(pluginId, own, watch),
      });
    },
    userInfo({ pluginId = 'auth', logger: itsLogger, ...own } = {}) {
      const { discovery = options.discovery ?? lazyDiscovery } = own;
      return new DefaultUserInfoService({
        userTokens: userTokensVia(discovery),
        fetchUserClaims: token =>
          userTokenIssuer
            ? userTokenIssuer.getUserInfo(token)
            : fetchUserClaims(token, discovery, network),
        answers,
        recorder: recorderOf(pluginId, itsLogger),
      });
    },
    close() {
      closed = true;
      closing.abort();
      for (const { recorder } of recorders) recorder.close();
      countedLog.close();
      return Promise.resolve();
    },
  };
}

function whyNotOpened(
  pluginId: string,
  closed: boolean,
  opened: Iterable<string>,
): string | undefined {
  if (closed) return `forPlugin(${quote(pluginId)}): the backend has been closed`;
  if (!isPluginId(pluginId)) {
    return `pluginId: expected letters, digits, '-' and '_', found ${quote(pluginId)}`;
  }
  // Paths are matched without regard to case, so that two such plugins would share their routes.
  const twin = [...opened].find(other => other.toLowerCase() === pluginId.toLowerCase());
  return twin && `pluginId: ${quote(pluginId)} differs from ${quote(twin)} only in case`;
}

function databaseOf(options: AuthBackendOptions, pluginId: string): PluginDatabase | undefined {
  const { database } = options;
  return (
    database && { getClient: () => database.getClient(pluginId), migrations: database.migrations }
  );
}

function missingDiscovery(pluginId: string): never {
  throw createAuthError(
    'AUTH_CONFIG_INVALID',
    `discovery: expected one in createAuthBackend or in forPlugin(${quote(pluginId)}), found none`,
  );
}

/** Records nothing of a service that only explains. */
function silentRecorder(pluginId: string, { logger }: Watch, clock: Clock): AuthRecorder {
  return new AuthRecorder({
    pluginId,
    logger,
    clock,
    onAuthEvent: undefined,
    metrics: noMetrics,
  });
}

/** The keys of a service that only explains. */
const noKeys: KeySource = {
  getSigningKey: () => Promise.reject(new Error('an explanation signs nothing')),
  signingKeyAtHand: () => undefined,
  listPublicKeys: () => Promise.resolve([]),
  listKeysForAnybody: () => Promise.resolve([]),
};

/** For a backend whose plugins bring their discovery: user info can then only be had in the process. */
const lazyDiscovery: DiscoveryService = {
  getBaseUrl: pluginId => Promise.reject(new Error(`no discovery was given for ${pluginId}`)),
  getExternalBaseUrl: pluginId =>
    Promise.reject(new Error(`no discovery was given for ${pluginId}`)),
};
