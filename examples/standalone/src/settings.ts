import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readPort } from './config';
import { StartError } from './StartError';

/** What whoever starts the example says about it. */
export interface Settings {
  configFile: string;
  dataDirectory: string;
  /** Instead of the configured one. */
  port?: number;
  /** The configuration is the one that comes with the example. */
  isOwnConfig: boolean;
}

/**
 * Reads the command line and the environment.
 *
 * @param options - `home`: the folder of the example; `cwd`: what other paths are relative to
 * @throws StartError when there is something else on the command line
 */
export function readSettings(options: {
  args: string[];
  env: Record<string, string | undefined>;
  cwd: string;
  home: string;
}): Settings {
  const { env, cwd, home } = options;
  const { config = env.STAGEPASS_CONFIG, data } = parseOptions(options.args);
  return {
    configFile: config ? resolve(cwd, config) : join(home, 'app-config.yaml'),
    dataDirectory: data ? resolve(cwd, data) : join(home, 'data'),
    port: readPort('PORT', env.PORT),
    isOwnConfig: !config,
  };
}

function parseOptions(args: string[]): { config?: string; data?: string } {
  try {
    return parseArgs({
      args,
      options: { config: { type: 'string' }, data: { type: 'string' } },
    }).values;
  } catch {
    throw new StartError(
      `expected no options but --config <file> and --data <directory>, found ${args.join(' ')}`,
    );
  }
}
