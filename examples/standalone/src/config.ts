import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import type { AuthBackendOptions } from '@stagepass/auth-backend';
import { parseDocument } from 'yaml';
import { items, type Located, members, text, wholeNumber } from './located';
import { isPasswordHash } from './plugins/password';
import { StartError } from './StartError';

/** Someone who can sign in. */
export interface LocalUser {
  name: string;
  /** The hash of it: `scrypt:<salt>:<hash>`. */
  password: string;
  /** Entity refs of the groups. */
  groups: string[];
}

/** The checked configuration of the example. */
export interface ExampleConfig {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** What outsiders call the backend, without a trailing slash; absent: it is called by its address. */
  baseUrl?: string;
  users: LocalUser[];
  /** The whole file, for Stagepass, which reads and checks `backend.auth` itself. */
  file: NonNullable<AuthBackendOptions['config']>;
}

/**
 * Reads and checks a configuration file.
 *
 * @param file - path of the YAML file
 * @throws StartError when it cannot be read, or holds what it should not
 */
export async function readConfig(file: string): Promise<ExampleConfig> {
  const value = parseYaml(await readText(file));
  const { backend, example } = members({ value, path: '' }, ['backend', 'example']);
  const { listen, baseUrl } = members(backend, ['listen', 'baseUrl', 'auth']);
  const { host, port } = members(listen, ['host', 'port']);
  const { users } = members(example, ['users']);
  return {
    host: host.value === undefined ? '127.0.0.1' : text(host, 'an IPv4 address', isIPv4),
    port: wholeNumber(port, 0, 65535),
    baseUrl: baseUrl.value === undefined ? undefined : readBaseUrl(baseUrl),
    users: items(users).map(readUser),
    file: value as ExampleConfig['file'],
  };
}

/** The port that an environment variable names, if it is set. */
export function readPort(variable: string, value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  return wholeNumber(
    { value: /^\d+$/.test(value) ? Number(value) : value, path: variable },
    0,
    65535,
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new StartError(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function parseYaml(source: string): unknown {
  const document = parseDocument(source, { prettyErrors: false });
  const [problem] = document.errors;
  if (!problem) return document.toJS();
  const line = source.slice(0, problem.pos[0]).split('\n').length;
  throw new StartError(`line ${line}: not valid YAML: ${problem.message}`);
}

function readBaseUrl(at: Located): string {
  const isUrl = (url: string) => URL.canParse(url) && /^https?:\/\/.*[^/]$/.test(url);
  return text(at, 'an http or https URL without a trailing slash', isUrl);
}

function readUser(at: Located): LocalUser {
  const { name, password, groups } = members(at, ['name', 'password', 'groups']);
  return {
    name: text(name, 'a name of a-z, 0-9, "_", "." and "-"', value => /^[a-z0-9_.-]+$/.test(value)),
    password: text(password, 'a hash of the form scrypt:<salt>:<hash>', isPasswordHash),
    groups: items(groups).map(group =>
      text(group, 'an entity ref such as group:default/payments', value =>
        /^[a-z]+:[a-z0-9_.-]+\/[a-z0-9_.-]+$/.test(value),
      ),
    ),
  };
}
