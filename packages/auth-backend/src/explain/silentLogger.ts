import type { LoggerService } from '@stagepass/auth-node';

/** Says nothing: an explanation leaves no trace. */
export const silentLogger: LoggerService = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => silentLogger,
};
