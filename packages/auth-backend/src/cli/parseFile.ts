import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { usageError } from './usage';

/** Where `yaml` may be: at the host itself, or where Backstage's packages have theirs. */
const waysToYaml = [
  ['yaml'],
  ['@backstage/config-loader', 'yaml'],
  ['@backstage/backend-defaults', '@backstage/config-loader', 'yaml'],
];

/** What is used of the package `yaml`. */
interface Yaml {
  parseDocument(
    text: string,
    options: { prettyErrors: boolean },
  ): {
    errors: ReadonlyArray<{ code: string; pos: readonly number[] }>;
    toJS(): unknown;
  };
}

/**
 * Reads a file as text.
 *
 * @throws UsageError
 */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException;
    throw usageError(`${file}: expected a readable file, found ${code}`);
  }
}

/**
 * Reads a JSON or YAML file. YAML is read with the package `yaml` of the host, since this package brings none.
 *
 * @param folder - where the program was called
 * @throws UsageError that says where the file is wrong, and holds nothing of it: it can be a secret
 */
export async function readData(file: string, folder: string): Promise<unknown> {
  const text = await readText(file);
  if (file.endsWith('.json')) {
    try {
      return JSON.parse(text);
    } catch {
      throw usageError(`${file}: expected JSON, found something else`);
    }
  }
  const yaml = findYaml(dirname(file)) ?? findYaml(folder);
  if (!yaml) {
    throw usageError(
      `${file}: expected the package yaml beside it to read it, found none; run this in the folder of your backend, ` +
        'run npm install --no-save yaml there, or give the configuration as JSON',
    );
  }
  const document = yaml.parseDocument(text, { prettyErrors: false });
  const [problem] = document.errors;
  if (problem) {
    const line = text.slice(0, problem.pos[0]).split('\n').length;
    throw usageError(
      `${file}: expected YAML, found something else in line ${line} (${problem.code})`,
    );
  }
  return document.toJS();
}

function findYaml(folder: string): Yaml | undefined {
  for (const way of waysToYaml) {
    try {
      let from = join(folder, 'package.json');
      for (const name of way.slice(0, -1)) from = createRequire(from).resolve(name);
      return createRequire(from)(way.at(-1) as string) as Yaml;
    } catch {
      // The next way.
    }
  }
  return undefined;
}
