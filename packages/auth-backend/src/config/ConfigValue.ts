import { createAuthError, quote } from '@stagepass/auth-node/internal';

/**
 * A foreign value at a place in the configuration. Every reader checks the type and says, when it is wrong,
 * where the value stands, what was expected and what was found.
 */
export class ConfigValue {
  readonly path: string;
  readonly #value: unknown;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.path = path;
  }

  /** Reads an object that has no members but these; a stranger gets the name that was likely meant. */
  members<TName extends string>(...names: TName[]): Record<TName, ConfigValue> {
    const object = this.object();
    for (const name of Object.keys(object)) {
      if (!(names as string[]).includes(name)) throw this.#unknownMember(name, names);
    }
    return Object.fromEntries(
      names.map(name => [name, new ConfigValue(object[name], `${this.path}.${name}`)]),
    ) as Record<TName, ConfigValue>;
  }

  /** Reads an object, whatever its members. */
  object(): Record<string, unknown> {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.invalid('an object', this.#kind());
    }
    return value as Record<string, unknown>;
  }

  /** Reads a list; at least one entry, if so asked. */
  list(options?: { nonEmpty: boolean }): ConfigValue[] {
    if (!Array.isArray(this.#value)) throw this.invalid('a list', this.#kind());
    if (options?.nonEmpty && this.#value.length === 0) {
      throw this.invalid('at least one entry, or no such key at all');
    }
    return this.#value.map((entry, index) => new ConfigValue(entry, `${this.path}[${index}]`));
  }

  /** Reads a non-empty text. */
  string(): string {
    if (typeof this.#value !== 'string' || this.#value === '') throw this.invalid('a text');
    return this.#value;
  }

  /** Reads a text that must not be shown in a message. */
  secret(): string {
    if (typeof this.#value === 'string' && this.#value !== '') return this.#value;
    throw this.invalid('a text', this.#kind());
  }

  /** Reads one of the given texts. */
  oneOf<TName extends string>(...names: TName[]): TName {
    const value = this.#value;
    const found = names.find(name => name === value);
    if (found === undefined) throw this.invalid(`one of ${names.join(', ')}`);
    return found;
  }

  /** Reads a text, a list of texts, or texts separated by commas or spaces: each once, in order. */
  strings(): string[] {
    const entries = Array.isArray(this.#value) ? this.list() : [this];
    const texts = entries
      .flatMap(entry => entry.string().split(/[ ,]+/))
      .filter(text => text !== '');
    if (texts.length === 0) throw this.invalid('at least one text');
    return [...new Set(texts)];
  }

  /** Reads true or false, or a word for it, as Backstage does: environment variables hold nothing but texts. */
  boolean(): boolean {
    const word = this.#isScalar() ? String(this.#value).trim() : '';
    if (/^(y|yes|true|1|on)$/i.test(word)) return true;
    if (/^(n|no|false|0|off)$/i.test(word)) return false;
    throw this.invalid('true or false');
  }

  /** Reads with the given reader if there is a value; null is none, as everywhere in a Backstage config. */
  optional<TResult>(read: (value: this) => TResult): TResult | undefined {
    return this.#value === null ? undefined : this.ifPresent(read);
  }

  /** Reads with the given reader if the key is there; for limits, which null must not lift. */
  ifPresent<TResult>(read: (value: this) => TResult): TResult | undefined {
    return this.#value === undefined ? undefined : read(this);
  }

  /** Makes the error for a value that is not as expected; `found` replaces the value where it is secret. */
  invalid(expected: string, found = this.#isScalar() ? quote(this.#value) : this.#kind()) {
    return createAuthError(
      'AUTH_CONFIG_INVALID',
      `${this.path}: expected ${expected}, found ${found}`,
    );
  }

  #isScalar(): boolean {
    return ['string', 'number', 'boolean'].includes(typeof this.#value);
  }

  /** Names the kind of the value alone: there can be secrets in it. */
  #kind(): string {
    if (this.#value === undefined) return 'nothing';
    if (this.#value === null) return 'null';
    if (Array.isArray(this.#value)) return 'a list';
    return typeof this.#value === 'object' ? 'an object' : `a ${typeof this.#value}`;
  }

  #unknownMember(name: string, names: readonly string[]) {
    const meant = nearest(name, names);
    return createAuthError(
      'AUTH_CONFIG_INVALID',
      `${this.path}.${name}: unknown key, expected one of ${names.join(', ')}${meant ? `; did you mean '${meant}'?` : ''}`,
    );
  }
}

/** Names that people write for others, where the beginning does not tell. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['config', 'options'],
  ['settings', 'options'],
  ['restrictions', 'accessRestrictions'],
  ['action', 'permissionAttribute'],
  ['alg', 'algorithm'],
  ['iss', 'issuer'],
  ['aud', 'audience'],
  ['uri', 'url'],
  ['jwksurl', 'url'],
  ['jwksuri', 'url'],
  ['kid', 'keyId'],
]);

/** Returns the name that was likely meant: a synonym, or the longest with about the same beginning. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const lower = name.toLowerCase().replaceAll(/[-_]/g, '');
  const synonym = names.find(candidate => candidate === synonyms.get(lower));
  if (synonym !== undefined) return synonym;
  return names
    .filter(candidate => {
      const other = candidate.toLowerCase();
      return (
        lower.startsWith(other.slice(0, Math.max(3, other.length - 2))) || isAlmost(lower, other)
      );
    })
    .sort((a, b) => b.length - a.length)[0];
}

/** Tells whether two names differ in one place, by two letters at the most. */
function isAlmost(name: string, other: string): boolean {
  const shorter = Math.min(name.length, other.length);
  let before = 0;
  while (before < shorter && name[before] === other[before]) before += 1;
  let after = 0;
  while (after < shorter - before && name.at(-1 - after) === other.at(-1 - after)) after += 1;
  return shorter > 3 && Math.max(name.length, other.length) - before - after <= 2;
}
