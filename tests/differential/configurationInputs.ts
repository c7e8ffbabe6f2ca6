/** Members as it stands in a configuration; nothing is promised about it. */
export type Members = Readonly<Record<string, unknown>>;

/** `backend.auth` as it is generated. */
export type ConfigInput = Members;

/** Key files that static key stores can name. */
export interface KeyFiles {
  readonly [name: string]: string;
}

/** A caller of the configuration, as far as it can be read. */
export interface Entry {
  readonly type: unknown;
  readonly entry: Members;
  readonly options: Members;
  readonly restrictions: unknown;
}

/** Reads a value as an object, or as an empty one. */
export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Members)
    : {};
}

/** Reads a value as a list, or as an empty one. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The callers of a configuration, those of old keys too. */
export function entriesOf({ externalAccess, keys }: ConfigInput): Entry[] {
  return [
    ...listOf(externalAccess).map(value => {
      const entry = membersOf(value);
      return {
        type: entry.type,
        entry,
        options: membersOf(entry.options),
        restrictions: entry.accessRestrictions,
      };
    }),
    ...listOf(keys).map(value => {
      const { accessRestrictions, ...options } = membersOf(value);
      return { type: 'keys', entry: {}, options, restrictions: accessRestrictions };
    }),
  ];
}

/** The configuration names key files. */
export const isStatic = (input: ConfigInput) => membersOf(input.pluginKeyStore).type === 'static';
