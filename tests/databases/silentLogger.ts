import type { LoggerService } from '@stagepass/auth-node';

/** For what a test makes fail on purpose, or does not look at. */
export const silentLogger: LoggerService = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => silentLogger,
};
