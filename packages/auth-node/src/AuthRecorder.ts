import { randomUUID } from 'node:crypto';
import type { AuthEvent } from './AuthEvent';
import {
  type AuthMetrics,
  type MeasuredTokenKind,
  type MeasuredWork,
  noMetrics,
} from './AuthMetrics';
import type { Clock } from './Clock';
import { CountedLog } from './CountedLog';
import { describeValue, isAuthError, printable, quote, withCorrelationId } from './errors';
import type { LoggerService } from './LoggerService';

/** Longer than any principal that is issued or accepted, unless it needs escaping. */
const MAX_PRINCIPAL = 2_500;

/** A piece of work, and since when it has been done on the monotonic clock, in milliseconds. */
export interface Work {
  readonly operation: MeasuredWork['operation'];
  readonly since: number;
}

/** What led to an event, as far as it is known. */
export interface Circumstances {
  /** Names the request, or whatever the caller's log has too. */
  readonly correlationId?: string;
  readonly tokenKind?: MeasuredTokenKind;
  /** What was being done. */
  readonly work?: Work;
}

/**
 * Records what happens at one plugin: refusals in the log, where repetitions are counted; and all of it, every
 * time, for the audit hook and the metrics.
 */
export class AuthRecorder {
  readonly pluginId: string;
  readonly #clock: Clock;
  readonly #onAuthEvent: ((event: AuthEvent) => void) | undefined;
  readonly #metrics: AuthMetrics;
  readonly #isMeasured: boolean;
  readonly #refusals: CountedLog;
  readonly #faults: CountedLog;

  /** @param options - `onAuthEvent`: may throw, or be async and reject: that is logged and changes nothing */
  constructor(options: {
    pluginId: string;
    logger: LoggerService;
    clock: Clock;
    onAuthEvent: ((event: AuthEvent) => void) | undefined;
    metrics: AuthMetrics;
  }) {
    const { logger, clock } = options;
    this.pluginId = options.pluginId;
    this.#clock = clock;
    this.#onAuthEvent = options.onAuthEvent;
    this.#metrics = options.metrics;
    this.#isMeasured = options.metrics !== noMetrics;
    this.#refusals = new CountedLog({
      write: (message, meta) => logger.warn(message, meta),
      clock,
    });
    this.#faults = new CountedLog({
      write: (message, meta) => logger.error(message, meta),
      clock,
    });
  }

  /** Tells whether anybody hears of what is accepted; refusals are always told. */
  get isHeard(): boolean {
    return this.#onAuthEvent !== undefined || this.#isMeasured;
  }

  /** Begins a piece of work, if anybody measures it. */
  begin(operation: Work['operation']): Work | undefined {
    return this.#isMeasured ? { operation, since: this.#clock.monotonic() } : undefined;
  }

  /** Records that a token was accepted. */
  verified(principal: unknown, circumstances: Circumstances = {}): void {
    const { pluginId } = this;
    const { correlationId } = circumstances;
    const event: AuthEvent = {
      type: 'verified',
      pluginId,
      principal: print(principal),
      ...(correlationId !== undefined && { correlationId: printId(correlationId) }),
    };
    this.#record(event, circumstances);
  }

  /** Records that a token was issued; `delegated` on behalf of somebody else than the plugin itself. */
  issued(
    principal: unknown,
    { type, targetPluginId }: { type: 'issued' | 'delegated'; targetPluginId: string },
    circumstances: Circumstances = {},
  ): void {
    const { pluginId } = this;
    this.#record({ type, pluginId, targetPluginId, principal: print(principal) }, circumstances);
  }

  /** Records that the auth cookie was set. */
  cookieIssued(principal: unknown, expiresAt: Date): void {
    const { pluginId } = this;
    this.#record({ type: 'cookie-issued', pluginId, principal: print(principal), expiresAt });
  }

  /**
   * Records a refusal. Anything else is a fault, which is for whoever catches it.
   *
   * @returns what to throw: the same, with a correlation id
   */
  refused(error: unknown, circumstances: Circumstances = {}): unknown {
    if (!isAuthError(error)) return error;
    const { pluginId } = this;
    const correlationId = printId(circumstances.correlationId ?? randomUUID());
    const refusal = withCorrelationId(error, correlationId);
    const { code } = refusal;
    const message = () => `Refused by the plugin ${pluginId}: ${refusal.reason}`;
    this.#refusals.tell(code, message, { code, correlationId });
    if (this.isHeard) {
      const { reason } = refusal;
      this.#record({ type: 'refused', pluginId, code, reason, correlationId }, circumstances);
    }
    return refusal;
  }

  /**
   * Tells the log of a fault of the backend; there too repetitions are counted.
   *
   * @param kind - what is counted together; one of few
   * @param message - with foreign values quoted
   */
  failed(kind: string, message: string): void {
    this.#faults.tell(kind, () => message);
  }

  /** Tells the log what was counted so far. */
  close(): void {
    this.#refusals.close();
    this.#faults.close();
  }

  #record(event: AuthEvent, { tokenKind, work }: Circumstances = {}): void {
    this.#metrics.count(
      event,
      tokenKind,
      work && {
        operation: work.operation,
        seconds: (this.#clock.monotonic() - work.since) / 1000,
      },
    );
    const hook = this.#onAuthEvent;
    if (!hook) return;
    // In an async function, since a hook may be one too, and its rejection would end the process.
    (async () => hook(event))().catch((error: unknown) => {
      this.failed('onAuthEvent', `onAuthEvent failed: ${quote(tell(error))}`);
    });
  }
}

/** What is thrown need not be an error, nor even have a text. */
function tell(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return describeValue(thrown);
  }
}

/** Who calls an auth service without a request service can call the request anything. */
function printId(correlationId: unknown): string {
  return printable(String(correlationId), 128);
}

function print(principal: unknown): string {
  return printable(String(principal), MAX_PRINCIPAL);
}
