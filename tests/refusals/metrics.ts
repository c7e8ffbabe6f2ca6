import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

/** What was counted or measured under one set of labels. */
export interface Point {
  readonly labels: Record<string, unknown>;
  /** The sum of a counter; how often a histogram was given a value. */
  readonly count: number;
}

/** Registers a meter provider for the process; backends that are made from now on report to it. */
export function collectMetrics() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  return {
    async read(): Promise<Record<string, Point[]>> {
      exporter.reset();
      await provider.forceFlush();
      const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
      return Object.fromEntries(
        found
          .flatMap(scope => scope.metrics)
          .map(({ descriptor, dataPoints }) => [
            `${descriptor.name} in ${descriptor.unit}`,
            dataPoints.map(({ attributes, value }) => ({
              labels: attributes,
              count: typeof value === 'number' ? value : value.count,
            })),
          ]),
      );
    },
    async stop(): Promise<void> {
      metrics.disable();
      await provider.shutdown();
    },
  };
}
