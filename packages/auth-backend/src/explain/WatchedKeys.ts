import type { DiscoveryService, LoggerService } from '@stagepass/auth-node';
import { describeFetchFailure, type Network } from '../keys/fetchKeySet';
import type { KeyFinder, KeyQuery, KeySets } from '../keys/KeySets';
import type { PublishedKey } from '../keys/PublishedKey';

/** A search for one key. */
export interface KeySearch {
  readonly of: 'plugin' | 'user' | 'external';
  /** Who was asked, in this order: this process, or a URL without its query. */
  readonly asked: string[];
  found: boolean;
}

/** Everything that was asked for the keys of one token. */
export interface KeyRecord {
  readonly searches: readonly KeySearch[];
  /** What came of the requests, by URL without query; a URL that is missing was remembered. */
  readonly answers: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * Finds keys as a running backend would, from what that knows and from the network, and writes down who was
 * asked and what came of it. It changes nothing in the backend.
 */
export class WatchedKeys implements KeyFinder {
  readonly #keySets: KeySets;
  #searches: KeySearch[] = [];
  /** Of all tokens: what was asked for one is remembered for the next. */
  readonly #answers = new Map<string, string>();
  #warnings: string[] = [];

  constructor(keySets: KeySets, network: Network) {
    this.#keySets = keySets.copy({
      network: { clock: network.clock, fetch: (url, init) => this.#fetch(network, url, init) },
      logger: this.#logger(),
      onAsked: where => {
        this.#searches.at(-1)?.asked.push(where === 'this process' ? where : withoutQuery(where));
      },
    });
  }

  findPluginKey(pluginId: string, query: KeyQuery): Promise<PublishedKey> {
    return this.#search('plugin', () => this.#keySets.findPluginKey(pluginId, query));
  }

  findUserKey(query: { kid: string | undefined; discovery: DiscoveryService }) {
    return this.#search('user', () => this.#keySets.findUserKey(query));
  }

  findExternalKey(...query: Parameters<KeySets['findExternalKey']>): Promise<PublishedKey> {
    return this.#search('external', () => this.#keySets.findExternalKey(...query));
  }

  addKnownPlugin(pluginId: string): void {
    this.#keySets.addKnownPlugin(pluginId);
  }

  confirmPlugin(pluginId: string): void {
    this.#keySets.confirmPlugin(pluginId);
  }

  /** Returns what has been written down since the last call, and what all requests came to. */
  take(): KeyRecord {
    const record = {
      searches: this.#searches,
      answers: this.#answers,
      warnings: this.#warnings,
    };
    this.#searches = [];
    this.#warnings = [];
    return record;
  }

  async #search(of: KeySearch['of'], find: () => PublishedKey | Promise<PublishedKey>) {
    const search: KeySearch = { of, asked: [], found: false };
    this.#searches.push(search);
    const key = await find();
    search.found = true;
    return key;
  }

  async #fetch({ fetch }: Network, ...[url, init]: Parameters<typeof fetch>) {
    const answers = this.#answers;
    const shown = withoutQuery(new URL(String(url)));
    answers.set(shown, 'no answer in time');
    try {
      const response = await fetch(url, init);
      answers.set(shown, `status ${response.status}`);
      return response;
    } catch (error) {
      answers.set(shown, `no answer: ${describeFetchFailure(error, String(url))}`);
      throw error;
    }
  }

  #logger(): LoggerService {
    const logger: LoggerService = {
      error: message => void this.#warnings.push(message),
      warn: message => void this.#warnings.push(message),
      info() {},
      debug() {},
      child: () => logger,
    };
    return logger;
  }
}

/** Says what a URL is without what can hold a secret. */
export function withoutQuery(url: URL): string {
  return url.href.replace(/[?#].*$/s, '?...');
}
