import type { JsonObject } from '@backstage/types';
import type { LoggerService } from './LoggerService';

/** Writes warnings and errors to the console, one line each: the logger of who brings none. */
export const consoleLogger: LoggerService = {
  error: (message, meta) => console.error(line(message, meta)),
  warn: (message, meta) => console.warn(line(message, meta)),
  info() {},
  debug() {},
  child: () => consoleLogger,
};

function line(message: string, meta?: Error | JsonObject): string {
  const detail = meta instanceof Error ? meta.message : meta && JSON.stringify(meta);
  return oneLine(`[stagepass] ${message}${detail === undefined ? '' : ` ${detail}`}`);
}

/** Writes out what would end the line, or steer a terminal. */
function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
