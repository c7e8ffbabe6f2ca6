import type { DiscoveryService, LoggerService, PublicJwk } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import type { SignatureAlgorithm } from '../tokens/algorithms';
import type { Network } from './fetchKeySet';
import { LocalKeySet } from './LocalKeySet';
import { PublishedKey } from './PublishedKey';
import { type Admit, RemoteKeySet } from './RemoteKeySet';
import { TokenBucket } from './TokenBucket';
import { Whereabouts } from './Whereabouts';

/** Where the keys of a plugin are published, below its base URL. */
const PLUGIN_KEYS_PATH = '/.backstage/auth/v1/jwks.json';

/** Where the keys for user tokens are published, below the base URL of the auth plugin. */
const USER_KEYS_PATH = '/.well-known/jwks.json';

/**
 * How many remote key sets are kept. Those without keys go first, since anybody can name plugins that do not
 * exist; then the one that was not used for the longest time.
 */
const MAX_REMOTE_KEY_SETS = 1_000;

/**
 * Requests for the keys of plugins that nobody knows yet, all of them together: ten at once, one more every
 * six seconds. Anybody can write a token of a plugin that does not exist.
 */
const STRANGERS_REQUESTS = { capacity: 10, refillEvery: 6_000 };

/** How many plugins are known at most; then the one that was met first becomes a stranger again. */
const MAX_KNOWN_PLUGINS = 10_000;

/** The keys that tokens name, and who may answer for them. */
export interface KeyQuery {
  readonly kid: string | undefined;
  /** Who knows where the issuer is reached. */
  readonly discovery: DiscoveryService;
}

/** Where the keys of an issuer may be. */
interface Place {
  readonly local: LocalKeySet | undefined;
  readonly issuer: string;
  /** Of all issuers of its kind. */
  readonly whereabouts: Whereabouts;
  /** Finds the same key once more. */
  readonly again: () => PublishedKey | Promise<PublishedKey>;
}

/** Who finds the keys that tokens name. */
export type KeyFinder = Pick<
  KeySets,
  'findPluginKey' | 'findUserKey' | 'findExternalKey' | 'addKnownPlugin' | 'confirmPlugin'
>;

/** Hears who is asked for a key: an issuer of this process, or the URL of a key set. */
export type OnKeyAsked = (where: 'this process' | URL) => void;

/**
 * Finds the key that a token names: issuers in this process answer first, and from memory; a key that they
 * do not know may be another replica's, so the issuer's published set is asked next. Plugins that are known
 * to exist are asked without regard to others; all strangers together only a few times a minute.
 */
export class KeySets {
  readonly #network: Network;
  readonly #logger: Pick<LoggerService, 'warn'>;
  readonly #onAsked: OnKeyAsked | undefined;
  readonly #localPlugins = new Map<string, LocalKeySet>();
  #localUserIssuer: LocalKeySet | undefined;
  readonly #remote = new Map<string, RemoteKeySet>();
  #uses = 0;
  readonly #pluginWhereabouts: Whereabouts;
  readonly #userWhereabouts: Whereabouts;
  readonly #known = new Set<string>();
  /** Goes on from one to the next, since a new one would pass by all that were forgotten. */
  readonly #firstKnown = this.#known.values();
  readonly #strangersRequests: TokenBucket;
  /** As many as the configuration names. */
  readonly #external = new Map<string, RemoteKeySet>();

  constructor(options: {
    network: Network;
    logger: Pick<LoggerService, 'warn'>;
    onAsked?: OnKeyAsked;
  }) {
    this.#network = options.network;
    this.#logger = options.logger;
    this.#onAsked = options.onAsked;
    const { clock } = options.network;
    this.#pluginWhereabouts = new Whereabouts(PLUGIN_KEYS_PATH, clock);
    this.#userWhereabouts = new Whereabouts(USER_KEYS_PATH, clock);
    this.#strangersRequests = new TokenBucket({ ...STRANGERS_REQUESTS, clock });
  }

  /**
   * Returns key sets that know what these know now, and go their own way from here on: what they ask, and
   * what comes of it, leaves these as they are.
   */
  copy(options: { network: Network; logger: LoggerService; onAsked?: OnKeyAsked }): KeySets {
    const copy = new KeySets(options);
    const { network, logger } = options;
    for (const pluginId of this.#known) copy.#known.add(pluginId);
    copy.#localUserIssuer = this.#localUserIssuer;
    copy.#uses = this.#uses;
    for (const [id, set] of this.#localPlugins) copy.#localPlugins.set(id, set);
    for (const [url, set] of this.#remote) copy.#remote.set(url, set.copy(network, logger));
    for (const [name, set] of this.#external) copy.#external.set(name, set.copy(network, logger));
    return copy;
  }

  /** Makes a plugin of this process answer for its own tokens. */
  addLocalPlugin(pluginId: string, listPublicKeys: () => Promise<PublicJwk[]>): void {
    this.#localPlugins.set(pluginId, new LocalKeySet(listPublicKeys, this.#network.clock));
  }

  /** Makes the user token issuer of this process answer for user tokens. */
  setLocalUserIssuer(listPublicKeys: () => Promise<PublicJwk[]>): void {
    this.#localUserIssuer = new LocalKeySet(listPublicKeys, this.#network.clock);
  }

  /** Notes that a plugin exists, because the backend was told of it or calls it. */
  addKnownPlugin(pluginId: string): void {
    if (this.#known.has(pluginId)) return;
    this.#known.add(pluginId);
    if (this.#known.size <= MAX_KNOWN_PLUGINS) return;
    const first = this.#firstKnown.next();
    if (!first.done) this.#known.delete(first.value);
  }

  /** Notes that a token of a plugin was verified: it exists, and has not wasted what strangers share. */
  confirmPlugin(pluginId: string): void {
    if (this.#known.has(pluginId) || this.#localPlugins.has(pluginId)) return;
    this.addKnownPlugin(pluginId);
    this.#strangersRequests.giveBack();
  }

  /** Finds a key of a plugin, which signs plugin tokens. Errors: see {@link RemoteKeySet.find}. */
  findPluginKey(pluginId: string, query: KeyQuery): PublishedKey | Promise<PublishedKey> {
    const place = {
      local: this.#localPlugins.get(pluginId),
      issuer: pluginId,
      whereabouts: this.#pluginWhereabouts,
      again: () => this.findPluginKey(pluginId, query),
    };
    const atHand = this.#atHand(query, place);
    if (atHand) return atHand;
    const isKnown = place.local !== undefined || this.#known.has(pluginId);
    const admit = isKnown ? undefined : () => this.#strangersRequests.take();
    return this.#find(query, place, admit);
  }

  /** Finds a key of the auth plugin, which signs user tokens. Errors: see {@link RemoteKeySet.find}. */
  findUserKey(query: KeyQuery): PublishedKey | Promise<PublishedKey> {
    const place = {
      local: this.#localUserIssuer,
      issuer: 'auth',
      whereabouts: this.#userWhereabouts,
      again: () => this.findUserKey(query),
    };
    return this.#atHand(query, place) ?? this.#find(query, place);
  }

  /**
   * Finds a key that a third party publishes, which signs external tokens. Errors: see
   * {@link RemoteKeySet.find}.
   *
   * @param keys - `url`: where, as configured; `algorithms`: what its tokens may be signed with
   */
  async findExternalKey(
    keys: { readonly url: string; readonly algorithms: readonly SignatureAlgorithm[] },
    kid: string | undefined,
  ): Promise<PublishedKey> {
    const { url, algorithms } = keys;
    const name = `${algorithms.join()} ${url}`;
    const set =
      this.#external.get(name) ??
      new RemoteKeySet(url, this.#network, this.#logger, { algorithms });
    this.#external.set(name, set);
    this.#onAsked?.(new URL(url));
    const again = () => this.findExternalKey(keys, kid);
    return new PublishedKey({ key: await set.find(kid), holder: set, kid, find: again });
  }

  /** Finds a key where nobody needs to be asked. */
  #atHand({ kid, discovery }: KeyQuery, place: Place): PublishedKey | undefined {
    const { local, issuer, whereabouts, again } = place;
    if (kid === undefined) return undefined;
    const own = local?.atHand(kid);
    if (local && own) {
      this.#onAsked?.('this process');
      return new PublishedKey({ key: own, holder: local, kid, find: again });
    }
    const where = whereabouts.atHand(issuer, discovery);
    const set = where && this.#remote.get(where.url);
    const key = set?.atHand(kid);
    if (!set || !key) return undefined;
    set.usedAt = ++this.#uses;
    this.#onAsked?.(new URL(where.url));
    return new PublishedKey({ key, holder: set, kid, find: again });
  }

  async #find({ kid, discovery }: KeyQuery, place: Place, admit?: Admit): Promise<PublishedKey> {
    const { local, issuer, whereabouts, again } = place;
    const cameAt = this.#network.clock.monotonic();
    if (kid === undefined) {
      throw createAuthError(
        'AUTH_KEY_UNKNOWN',
        'expected a kid in the header, which names the key of the issuer, found none',
      );
    }
    if (local) {
      this.#onAsked?.('this process');
      const own = await local.find(kid);
      if (own) return new PublishedKey({ key: own, holder: local, kid, find: again });
    }
    const where = await whereabouts.find(issuer, discovery, cameAt);
    const { url } = where;
    this.#onAsked?.(new URL(url));
    const known = this.#remote.get(url);
    const set = known ?? new RemoteKeySet(url, this.#network, this.#logger);
    set.usedAt = ++this.#uses;
    if (!known && !admit) this.#keep(url, set);
    // A stranger that is turned away leaves nothing behind.
    const key = await set.find(kid, admit && (() => admit() && this.#keep(url, set)));
    whereabouts.believe(where);
    return new PublishedKey({ key, holder: set, kid, find: again });
  }

  #keep(url: string, set: RemoteKeySet): true {
    this.#remote.set(url, set);
    if (this.#remote.size > MAX_REMOTE_KEY_SETS) this.#forgetOne(url);
    return true;
  }

  #forgetOne(newest: string): void {
    const others = [...this.#remote].filter(([url]) => url !== newest);
    const withoutKeys = others.filter(([, { hasKeys }]) => !hasKeys);
    const candidates = withoutKeys.length > 0 ? withoutKeys : others;
    const [first] = candidates.sort(([, one], [, other]) => one.usedAt - other.usedAt);
    if (first) this.#remote.delete(first[0]);
  }
}
