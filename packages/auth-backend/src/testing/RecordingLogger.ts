import type { JsonObject } from '@backstage/types';
import type { LoggerService } from '@stagepass/auth-node';

type Level = 'error' | 'warn' | 'info' | 'debug';

/** A logger that remembers what it was given. */
export class RecordingLogger implements LoggerService {
  readonly entries: Array<{ level: Level; message: string; meta?: Error | JsonObject }> = [];

  error = this.#recorder('error');
  warn = this.#recorder('warn');
  info = this.#recorder('info');
  debug = this.#recorder('debug');

  child(): LoggerService {
    return this;
  }

  /** The messages of one level, in order. */
  lines(level: Level): string[] {
    return this.entries.filter(entry => entry.level === level).map(({ message }) => message);
  }

  /** Everything that a log could show: messages, details, errors with their stacks and own members. */
  get text(): string {
    return this.entries
      .map(({ message, meta }) => {
        const stack = meta instanceof Error ? `${meta.stack} ${String(meta.cause)}` : '';
        return `${message} ${JSON.stringify(meta)} ${stack}`;
      })
      .join('\n');
  }

  #recorder(level: Level) {
    return (message: string, meta?: Error | JsonObject) => {
      this.entries.push({ level, message, ...(meta && { meta }) });
    };
  }
}
