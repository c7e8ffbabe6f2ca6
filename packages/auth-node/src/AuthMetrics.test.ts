import { createAuthMetrics, noMetrics } from './AuthMetrics';

/** What they measure where a meter provider is registered stands in `tests/refusals/metrics.test.ts`. */
describe('createAuthMetrics', () => {
  it('measures nothing without a meter provider, and does not load OpenTelemetry', () => {
    const installed = require.resolve('@opentelemetry/api');
    expect(createAuthMetrics()).toBe(noMetrics);
    expect(Object.keys(require.cache)).not.toContain(installed);
  });
});
