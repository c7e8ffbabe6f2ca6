import { extname, dirname, resolve } from 'node:path';
import { usageError } from './usage';

/** What placeholders are filled with. */
export interface Sources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readText(file: string): Promise<string>;
  /** Reads a file as what its name says it is. */
  readData(file: string): Promise<unknown>;
  /** Hears of each environment variable that is not set. */
  onMissing(variable: string, path: string): void;
}

const includeKeys = ['$env', '$file', '$include'];

/**
 * Fills the placeholders of a configuration, as Backstage does: `${NAME}` and `${NAME:-fallback}` in texts,
 * `$${...}` for a text that looks like one, and objects with one of `$env`, `$file` and `$include`. A value
 * with a variable that is not set is none.
 *
 * @param folder - that of the file in which the value stands
 */
export async function substitute(
  value: unknown,
  place: { folder: string; path: string },
  sources: Sources,
): Promise<unknown> {
  const { folder, path } = place;
  if (typeof value === 'string') return fill(value, path, sources);
  if (Array.isArray(value)) {
    return Promise.all(
      value.map((entry, index) =>
        substitute(entry, { folder, path: `${path}[${index}]` }, sources),
      ),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  const [key, ...others] = Object.keys(value);
  if (key !== undefined && includeKeys.includes(key) && others.length === 0) {
    return include(key, (value as Record<string, unknown>)[key], place, sources);
  }
  const members = Object.entries(value).map(async ([name, member]) => [
    name,
    await substitute(member, { folder, path: path === '' ? name : `${path}.${name}` }, sources),
  ]);
  return Object.fromEntries(await Promise.all(members)) as unknown;
}

function fill(text: string, path: string, { environment, onMissing }: Sources): string | undefined {
  let isMissing = false;
  const filled = text.replace(/(\$?)\$\{([^{}]*)\}/g, (found, escape: string, inner: string) => {
    if (escape) return found.slice(1);
    const [name = '', ...fallback] = inner.split(':-');
    const value = environment[name.trim()];
    if (fallback.length > 0) {
      const other = fallback.join(':-').trim();
      if (value || other) return value || other;
    } else if (value !== undefined) return value;
    isMissing = true;
    onMissing(name.trim(), path);
    return '';
  });
  return isMissing ? undefined : filled;
}

async function include(
  key: string,
  target: unknown,
  { folder, path }: { folder: string; path: string },
  sources: Sources,
): Promise<unknown> {
  const text = typeof target === 'string' ? fill(target, path, sources) : undefined;
  if (text === undefined) throw usageError(`${path}.${key}: expected a text, found something else`);
  if (key === '$env') {
    const value = sources.environment[text];
    if (value === undefined) sources.onMissing(text, path);
    return value;
  }
  const [name = '', inside] = text.split(/#(.*)/);
  const file = resolve(folder, key === '$file' ? text : name);
  if (key === '$file') return (await sources.readText(file)).trimEnd();
  if (!['.json', '.yaml', '.yml'].includes(extname(file))) {
    throw usageError(`${path}.$include: expected a JSON or YAML file, found another`);
  }
  let value = await sources.readData(file);
  for (const member of inside ? inside.split('.') : []) {
    value = (Object(value) as Record<string, unknown>)[member];
  }
  return substitute(value, { folder: dirname(file), path }, sources);
}
