import { parseArgs } from 'node:util';
import { quote } from '@stagepass/auth-node/internal';
import { usageError } from './usage';

/** What the program is asked. */
export interface Arguments {
  readonly pluginId: string;
  /** The token, if it stands among the arguments. */
  readonly token?: string;
  readonly tokenFile?: string;
  readonly configFiles: readonly string[];
  readonly baseUrl?: string;
  readonly allowLimitedAccess: boolean;
  /** Milliseconds since the epoch. */
  readonly at?: number;
  readonly json: boolean;
}

/**
 * Reads the arguments of the program.
 *
 * @returns `help` when that is asked for
 * @throws UsageError, whose message never holds an argument that could be a token
 */
export function readArguments(args: readonly string[]): Arguments | 'help' {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  if (values.help || args.length === 0) return 'help';
  if (command !== 'explain') {
    throw usageError('command: expected explain as the first argument; see --help');
  }
  if (values.plugin === undefined) {
    throw usageError(
      '--plugin: expected the id of the plugin to which the token is presented, found none',
    );
  }
  if (values['token-file'] !== undefined && rest.length > 0) {
    throw usageError('token: expected --token-file or an argument, found both');
  }
  return {
    pluginId: values.plugin,
    // A header that was not put in quotes comes in several parts.
    ...(rest.length > 0 && { token: rest.join(' ') }),
    ...(values['token-file'] !== undefined && { tokenFile: values['token-file'] }),
    configFiles: values.config ?? [],
    ...(values['base-url'] !== undefined && { baseUrl: readBaseUrl(values['base-url']) }),
    allowLimitedAccess: values['allow-limited'] ?? false,
    ...(values.at !== undefined && { at: readTime(values.at) }),
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        plugin: { type: 'string' },
        'token-file': { type: 'string' },
        config: { type: 'string', multiple: true },
        'base-url': { type: 'string' },
        'allow-limited': { type: 'boolean' },
        at: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch {
    // The message would hold the argument, and that can be a token.
    throw usageError(
      'arguments: expected options as --help lists them, found another, or one without its value; ' +
        'a token that begins with "-" comes from the standard input or --token-file',
    );
  }
}

/** Reads a base URL, and takes the slashes off its end. */
export function readBaseUrl(text: string, where = '--base-url'): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUsable =
    url && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
  if (!isUsable) {
    throw usageError(
      `${where}: expected an http or https URL without credentials, such as http://localhost:7007/api, found something else`,
    );
  }
  return text.replace(/\/+$/, '');
}

function readTime(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) {
    throw usageError(
      `--at: expected an ISO 8601 time such as 2026-01-01T12:00:00Z, found ${quote(text)}`,
    );
  }
  return time;
}
