import { Console } from 'node:console';
import type { JsonObject } from '@backstage/types';
import type { LoggerService } from './LoggerService';

/** Writes warnings and errors to standard error, one line each: the logger of who brings none. */
export const consoleLogger: LoggerService = {
  error: write,
  warn: write,
  info() {},
  debug() {},
  child: () => consoleLogger,
};

function write(message: string, meta?: Error | JsonObject): void {
  const detail = meta instanceof Error ? meta.message : JSON.stringify(meta ?? {});
  const line = `[stagepass] ${message}${detail === '{}' ? '' : ` ${detail}`}`;
  // Not the global console, which a test runner takes away with the test: what was counted is told later.
  new Console(process.stderr).error(oneLine(line));
}

/** Writes out what would end the line, or steer a terminal. */
function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
