import { isAbsolute, join, relative } from 'node:path';
import { isAuthError } from '@stagepass/auth-node';
import { createBackend } from './backend';
import { commands } from './commands';
import { type ExampleConfig, readConfig } from './config';
import { createDatabases } from './databases';
import { isDemo } from './demoPage';
import { createDiscovery } from './discovery';
import { createLogger } from './logger';
import { listen } from './server';
import { readSettings } from './settings';
import { StartError } from './StartError';

/** Where the example is started. */
export interface Surroundings {
  /** The command line, without program and script. */
  args: string[];
  env: Record<string, string | undefined>;
  /** What paths on the command line are relative to. */
  cwd: string;
  /** The folder of the example, with its configuration. */
  home: string;
  print(line: string): void;
  /** For mistakes, and for the log. */
  complain(line: string): void;
}

/** The example, listening. */
export interface Running {
  /** What outsiders call the backend. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts the example, and prints what to try.
 *
 * @returns undefined when it cannot start for a reason that its user can mend, after one line about it
 */
export async function run(surroundings: Surroundings): Promise<Running | undefined> {
  try {
    return await start(surroundings);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    surroundings.complain(error.message);
    return undefined;
  }
}

async function start({ print, complain, ...surroundings }: Surroundings): Promise<Running> {
  const { configFile, dataDirectory, port, isOwnConfig } = readSettings(surroundings);
  const file = shorten(configFile, surroundings.cwd);
  const config = await explain(file, () => readConfig(configFile));
  const databases = await explain(dataDirectory, async () => createDatabases(dataDirectory));
  const wanted = port ?? config.port;
  const server = await explain(`${file}: backend.listen.port`, () => listen(config.host, wanted));
  const url = config.baseUrl ?? `http://localhost:${server.port}`;
  try {
    const backend = await explain(file, () =>
      createBackend({
        config,
        databases,
        discovery: createDiscovery({ internal: internalUrl(config, server.port), external: url }),
        logger: createLogger(complain),
        ...(isDemo(isOwnConfig, config) && { demoPageFolder: join(surroundings.home, 'page') }),
      }),
    );
    server.serve(backend.app);
    print(`Listening on ${url}`);
    for (const line of isOwnConfig ? commands(url) : []) print(line);
    return {
      url,
      async stop() {
        await server.close();
        await backend.close();
        await databases.close();
      },
    };
  } catch (error) {
    await server.close();
    await databases.close();
    throw error;
  }
}

/** Says where the mistake is, if it is one that whoever starts the example made. */
async function explain<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isMistake =
      error instanceof StartError || (isAuthError(error) && error.code === 'AUTH_CONFIG_INVALID');
    throw isMistake ? new StartError(`${where}: ${error.message}`) : error;
  }
}

function internalUrl({ host }: ExampleConfig, port: number): string {
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
}

function shorten(file: string, cwd: string): string {
  const short = relative(cwd, file);
  return short.startsWith('..') || isAbsolute(short) ? file : short;
}
