import type { Config } from '@backstage/config';
import { explainToken } from '@stagepass/auth-backend';
import type { Clock, DiscoveryService } from '@stagepass/auth-node';
import { systemClock } from '@stagepass/auth-node/internal';
import { readText } from './parseFile';
import { printExplanation } from './printExplanation';
import { type Arguments, readArguments, readBaseUrl } from './readArguments';
import { type BackendConfig, readConfig } from './readConfig';
import { help, usageError } from './usage';

/** The process, as far as the program uses it. */
export interface Host {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean };
  print(text: string): void;
  complain(text: string): void;
}

/** Runs the program, and returns with what the process ends: 0 accepted, 1 refused, 2 not asked. */
export async function run(args: readonly string[], host: Host): Promise<0 | 1 | 2> {
  let backend: BackendConfig | undefined;
  try {
    const asked = readArguments(args);
    if (asked === 'help') {
      host.print(help);
      return 0;
    }
    backend = await readConfig(asked.configFiles, host);
    const { config } = backend;
    const discovery = discover(asked, config);
    const explanation = await explainToken(await readToken(asked, host), {
      pluginId: asked.pluginId,
      allowLimitedAccess: asked.allowLimitedAccess,
      config,
      discovery,
      clock: clockAt(asked.at),
    });
    const text = asked.json ? JSON.stringify(explanation, null, 2) : printExplanation(explanation);
    host.print(`${text}\n`);
    return explanation.verdict.accepted && !explanation.pasted?.problem ? 0 : 1;
  } catch (error) {
    host.complain(`${(error as Error).message}\n${hintsFor(error, backend)}`);
    return 2;
  }
}

function discover({ baseUrl }: Arguments, config: Config): DiscoveryService {
  const external = config.getOptionalString('backend.baseUrl');
  const configured = external && `${readBaseUrl(external, 'backend.baseUrl')}/api`;
  const base = baseUrl ?? configured;
  if (!base) {
    throw usageError(
      '--base-url: expected where plugins are reached, such as http://localhost:7007/api, or backend.baseUrl in the configuration, found neither',
    );
  }
  return {
    getBaseUrl: async pluginId => `${base}/${pluginId}`,
    getExternalBaseUrl: async pluginId => `${configured ?? base}/${pluginId}`,
  };
}

async function readToken({ token, tokenFile }: Arguments, host: Host): Promise<string> {
  const text =
    tokenFile !== undefined ? await readText(tokenFile) : (token ?? (await readInput(host)));
  // The end of the line is not the token's.
  const trimmed = text.replace(/[\r\n]+$/, '');
  if (trimmed === '') throw usageError('token: expected one, found nothing; see --help');
  return trimmed;
}

async function readInput({ input, complain }: Host): Promise<string> {
  if (input.isTTY) complain('Paste the token, then press Enter and Ctrl-D:\n');
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function clockAt(time: number | undefined): Clock {
  return time === undefined ? systemClock : { ...systemClock, now: () => time };
}

/** What is missing in the environment is often why a value is. */
function hintsFor(error: unknown, backend: BackendConfig | undefined): string {
  if ((error as { code?: unknown }).code !== 'AUTH_CONFIG_INVALID') return '';
  return (backend?.missing ?? [])
    .filter(({ path }) => (error as Error).message.startsWith(path))
    .map(
      ({ variable, path }) =>
        `${path} names the environment variable ${variable}, which is not set here\n`,
    )
    .join('');
}
