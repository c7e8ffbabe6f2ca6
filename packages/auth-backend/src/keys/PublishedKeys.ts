import type { PublicJwk } from '@stagepass/auth-node';
import type { VerificationKey } from '../tokens/verifyJws';
import { importPublicJwk, readPublicJwk, type ThirdPartyKeys } from './importKey';

/** An entry of a key set that can be read; whether it is a key is found out when it is first asked for. */
interface Entry {
  readonly jwk: PublicJwk;
  /** The key, or what is wrong with it. */
  imported?: VerificationKey | string;
}

/** Hears of an entry that is no key, each time that one is met. */
export type OnUnusable = (entry: object, problem: string) => void;

/**
 * The keys of a key set as it was published at one moment. Importing keys takes long, and whoever publishes
 * many must not take the time of the process: those are imported that tokens name, and each only once.
 */
export class PublishedKeys {
  readonly #byId = new Map<string, Entry[]>();
  readonly #byText = new Map<string, Entry>();
  /** What is wrong with entries that cannot even be read. */
  readonly problems: readonly string[];

  /** @param before - what was published before: what has been imported is kept where it is the same */
  constructor(entries: readonly unknown[], thirdParty?: ThirdPartyKeys, before?: PublishedKeys) {
    const problems: string[] = [];
    for (const published of entries) {
      const jwk = readPublicJwk(published, thirdParty);
      if (typeof jwk === 'string') problems.push(jwk);
      else this.#add(jwk, before);
    }
    // Of several without a name none can be meant.
    if ((this.#byId.get('')?.length ?? 0) > 1) {
      this.#byId.delete('');
      problems.push('has no kid, like another');
    }
    this.problems = problems;
  }

  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  /** Ids of keys, for messages: a few, without those that have turned out to be none. */
  get someIds(): string[] {
    const ids: string[] = [];
    for (const [kid, entries] of this.#byId) {
      if (entries.some(({ imported }) => typeof imported !== 'string')) ids.push(kid);
      if (ids.length === 10) break;
    }
    return ids;
  }

  /** Returns the key with this id, of several the last; without an id, the only key of the set. */
  find(kid: string | undefined, onUnusable: OnUnusable): VerificationKey | undefined {
    if (kid !== undefined) {
      const entries = this.#byId.get(kid);
      return entries && lastKey(entries, onUnusable);
    }
    let only: VerificationKey | undefined;
    for (const entries of this.#byId.values()) {
      const key = lastKey(entries, onUnusable);
      if (key && only) return undefined;
      only ??= key;
    }
    return only;
  }

  #add(jwk: PublicJwk, before: PublishedKeys | undefined): void {
    const text = JSON.stringify(jwk);
    const entry = (before && before.#byText.get(text)) ?? { jwk };
    this.#byText.set(text, entry);
    const others = this.#byId.get(jwk.kid);
    if (others) others.push(entry);
    else this.#byId.set(jwk.kid, [entry]);
  }
}

function lastKey(entries: readonly Entry[], onUnusable: OnUnusable): VerificationKey | undefined {
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const entry = entries[at] as Entry;
    const key = (entry.imported ??= importPublicJwk(entry.jwk));
    if (typeof key !== 'string') return key;
    onUnusable(entry, key);
  }
  return undefined;
}
