import type { JsonObject } from '@backstage/types';
import type { LoggerService } from '@stagepass/auth-node';

/** Writes warnings and errors to the console: the logger of who brings none. */
export const consoleLogger: LoggerService = {
  error: (message, meta) => console.error(line(message, meta)),
  warn: (message, meta) => console.warn(line(message, meta)),
  info() {},
  debug() {},
  child: () => consoleLogger,
};

function line(message: string, meta?: Error | JsonObject): string {
  if (meta === undefined) return `[stagepass] ${message}`;
  const detail = meta instanceof Error ? meta.message : JSON.stringify(meta);
  return `[stagepass] ${message} ${detail}`;
}
