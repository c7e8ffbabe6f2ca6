import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Config, ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import { readData, readText } from './parseFile';
import { substitute } from './substitute';
import { usageError } from './usage';

/** The configuration of a backend, as far as it is about tokens. */
export interface BackendConfig {
  readonly config: Config;
  /** Environment variables that it names and that are not set, and where. */
  readonly missing: ReadonlyArray<{ readonly variable: string; readonly path: string }>;
}

/** What is read of a configuration; nothing else is looked at. */
const sections = ['backend', 'auth'] as const;

/**
 * Reads configuration files, the last of which wins.
 *
 * @param files - none: those that Backstage reads by default, where they are
 * @throws UsageError when one cannot be read
 */
export async function readConfig(
  files: readonly string[],
  host: { folder: string; environment: Readonly<Record<string, string | undefined>> },
): Promise<BackendConfig> {
  const { folder, environment } = host;
  const missing: Array<{ variable: string; path: string }> = [];
  const sources = {
    environment,
    readText,
    readData: (file: string) => readData(file, folder),
    onMissing: (variable: string, path: string) => void missing.push({ variable, path }),
  };
  const layers: Array<{ context: string; data: JsonObject }> = [];
  for (const file of files.length > 0 ? files : defaultFiles(folder)) {
    const path = resolve(folder, file);
    const value = (await readData(path, folder)) ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) {
      throw usageError(`${path}: expected an object at the top, found something else`);
    }
    const relevant = Object.fromEntries(
      sections.map(name => [name, (value as Record<string, unknown>)[name]]),
    );
    const data = await substitute(relevant, { folder: dirname(path), path: '' }, sources);
    layers.push({ context: path, data: data as JsonObject });
  }
  return { config: ConfigReader.fromConfigs(layers), missing };
}

function defaultFiles(folder: string): string[] {
  const names = ['app-config.yaml', 'app-config.local.yaml'];
  return names.filter(name => existsSync(resolve(folder, name)));
}
