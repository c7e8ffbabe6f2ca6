import type { LoggerService } from '@stagepass/auth-node';

/**
 * Makes a logger that writes warnings and errors, such as why a call was refused, a line each; with its
 * code and the correlation id of the request, where there is one.
 */
export function createLogger(write: (line: string) => void): LoggerService {
  const logger: LoggerService = {
    error: (message, meta) =>
      write(`error: ${message}${meta instanceof Error ? `\n${meta.stack}` : ''}`),
    warn: (message, meta) => {
      const { code, correlationId } = (meta ?? {}) as Record<string, unknown>;
      const of = correlationId ? `, correlation id ${String(correlationId)}` : '';
      write(`warning: ${message}${code ? ` (${String(code)}${of})` : ''}`);
    },
    info() {},
    debug() {},
    child: () => logger,
  };
  return logger;
}
