import type { LoggerService } from '@stagepass/auth-node';

/** Makes a logger that writes warnings and errors, such as why a call was refused, a line each. */
export function createLogger(write: (line: string) => void): LoggerService {
  const logger: LoggerService = {
    error: (message, meta) =>
      write(`error: ${message}${meta instanceof Error ? `\n${meta.stack}` : ''}`),
    warn: message => write(`warning: ${message}`),
    info() {},
    debug() {},
    child: () => logger,
  };
  return logger;
}
