import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { LoggerService } from '@stagepass/auth-node';

/** How a process did since it was measured the last time. Times in milliseconds. */
export interface Measurement {
  /** What is left after a garbage collection, in bytes. */
  readonly heap: number;
  readonly residentSet: number;
  /** What part of the time the event loop was busy, from 0 to 1. */
  readonly utilization: number;
  /** What the process took of all processors, on all threads. */
  readonly processorTime: number;
  /** How long the event loop could not be reached. */
  readonly loopDelay: { readonly median: number; readonly p99: number; readonly max: number };
  readonly logLines: number;
}

/** Measures the process that it is in. */
export class Meter {
  readonly #delay = monitorEventLoopDelay({ resolution: 1 });
  #utilization = performance.eventLoopUtilization();
  #processor = process.cpuUsage();
  #logLines = 0;

  constructor() {
    this.#delay.enable();
  }

  /** Counts the lines that a log would get. */
  readonly logger: LoggerService = {
    error: () => void (this.#logLines += 1),
    warn: () => void (this.#logLines += 1),
    info() {},
    debug() {},
    child: () => this.logger,
  };

  measure(): Measurement {
    const utilization = performance.eventLoopUtilization();
    const [median, p99] = [this.#delay.percentile(50), this.#delay.percentile(99)];
    const { max } = this.#delay;
    const { user, system } = process.cpuUsage(this.#processor);
    const measured = {
      utilization: performance.eventLoopUtilization(utilization, this.#utilization).utilization,
      processorTime: (user + system) / 1e3,
      loopDelay: { median: median / 1e6, p99: p99 / 1e6, max: max / 1e6 },
      logLines: this.#logLines,
    };
    // The collection is not counted with what the plugin does.
    globalThis.gc?.();
    const { heapUsed: heap, rss: residentSet } = process.memoryUsage();
    this.#logLines = 0;
    this.#utilization = performance.eventLoopUtilization();
    this.#processor = process.cpuUsage();
    this.#delay.reset();
    return { ...measured, heap, residentSet };
  }
}
