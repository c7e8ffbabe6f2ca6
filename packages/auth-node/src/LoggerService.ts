import type { JsonObject } from '@backstage/types';

/**
 * Takes log lines; never given a token or a secret.
 *
 * @public
 */
export interface LoggerService {
  error(message: string, meta?: Error | JsonObject): void;
  warn(message: string, meta?: Error | JsonObject): void;
  info(message: string, meta?: Error | JsonObject): void;
  debug(message: string, meta?: Error | JsonObject): void;
  child(meta: JsonObject): LoggerService;
}
