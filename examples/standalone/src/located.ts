import { StartError } from './StartError';

/** A value of the configuration and where it stands, such as `example.users[0].name`. */
export interface Located {
  readonly value: unknown;
  /** Empty for the whole file. */
  readonly path: string;
}

// Each function below returns a checked value, or throws a StartError that begins with the path.

/** The members of an object, by the keys that it may have; any other key is an error. */
export function members<TKey extends string>(
  { value, path }: Located,
  keys: readonly TKey[],
): Record<TKey, Located> {
  const found = value ?? {};
  if (typeof found !== 'object' || Array.isArray(found)) {
    throw new StartError(`${path || 'the file'}: expected an object with the keys ${list(keys)}`);
  }
  const at = (key: string) => (path ? `${path}.${key}` : key);
  for (const key of Object.keys(found)) {
    if (keys.some(known => known === key)) continue;
    throw new StartError(`${at(key)}: unknown key, expected one of ${list(keys)}`);
  }
  const locate = (key: TKey): [TKey, Located] => [
    key,
    { value: (found as Record<string, unknown>)[key], path: at(key) },
  ];
  return Object.fromEntries(keys.map(locate)) as Record<TKey, Located>;
}

/** The items of a list; an absent list has none. */
export function items({ value, path }: Located): Located[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new StartError(`${path}: expected a list`);
  return value.map((item: unknown, index) => ({ value: item, path: `${path}[${index}]` }));
}

/** A text that `isValid` accepts; `expected` says in words which that are. It may be a secret, and is not shown. */
export function text(
  { value, path }: Located,
  expected: string,
  isValid: (text: string) => boolean,
): string {
  if (typeof value === 'string' && isValid(value)) return value;
  throw new StartError(`${path}: expected ${expected}`);
}

/** A whole number in a range, its ends included. */
export function wholeNumber({ value, path }: Located, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  const found = value === undefined ? 'nothing' : JSON.stringify(value);
  throw new StartError(`${path}: expected a whole number from ${least} to ${most}, found ${found}`);
}

function list(keys: readonly string[]): string {
  return keys.join(', ');
}
