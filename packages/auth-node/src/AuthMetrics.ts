import { createRequire } from 'node:module';
import type { AuthEvent } from './AuthEvent';

/** Of which kind a token says to be. `other`: external callers, and whatever is no token at all. */
export type MeasuredTokenKind = 'plugin' | 'user' | 'limited-user' | 'other';

/** What is measured of a piece of work. */
export interface MeasuredWork {
  readonly operation: 'verification' | 'issue';
  readonly seconds: number;
}

/** Counters and histograms of one process. */
export interface AuthMetrics {
  /** Counts an event and, where it ended a piece of work, how long that took. */
  count(event: AuthEvent, tokenKind?: MeasuredTokenKind, work?: MeasuredWork): void;
  /** Counts a request for the key set of an issuer. */
  countKeySetFetch(outcome: 'success' | 'failure'): void;
}

type Attributes = Record<string, string>;

/** The part of OpenTelemetry's `Meter` that is used; its types would be a dependency of ours. */
interface Meter {
  createCounter(name: string, options: object): { add(value: number, labels: Attributes): void };
  createHistogram(
    name: string,
    options: object,
  ): { record(value: number, labels: Attributes): void };
}

/** For a host without OpenTelemetry, and for work that is none of callers. */
export const noMetrics: AuthMetrics = { count() {}, countKeySetFetch() {} };

/**
 * Makes the metrics, by `@opentelemetry/api` where the host has it and to nowhere where it has not. They are
 * those of the meter provider that is registered by now. Labels are plugin ids of this process, kinds and
 * codes: as many as there are, whatever callers send.
 */
export function createAuthMetrics(): AuthMetrics {
  const meter = findMeter();
  if (!meter) return noMetrics;
  const counter = (name: string, unit: string, description: string) =>
    meter.createCounter(`stagepass.auth.${name}`, { unit: `{${unit}}`, description });
  const histogram = (name: string, description: string) =>
    meter.createHistogram(`stagepass.auth.${name}.duration`, {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries: [...durations] },
    });
  const counters = {
    verified: counter('verifications', 'token', 'Tokens that were accepted'),
    refused: counter('refusals', 'refusal', 'Tokens and requests that were refused'),
    issued: counter('issued_tokens', 'token', 'Tokens that were issued, cookies among them'),
  };
  const workDurations = {
    verification: histogram('verification', 'How long it took to accept or refuse a token'),
    issue: histogram('issue', 'How long it took to issue a token, or to refuse that'),
  };
  const keySetFetches = counter('key_set.fetches', 'request', 'Requests for key sets of issuers');
  return {
    count(event, tokenKind, work) {
      const labels: Attributes = { 'stagepass.plugin.id': event.pluginId };
      if (tokenKind) labels['stagepass.token.kind'] = tokenKind;
      if (event.type === 'refused') labels['error.type'] = event.code;
      if (work) workDurations[work.operation].record(work.seconds, labels);
      if (event.type === 'verified' || event.type === 'refused') {
        counters[event.type].add(1, labels);
      } else {
        counters.issued.add(1, { ...labels, 'stagepass.issue.kind': event.type });
      }
    },
    countKeySetFetch(outcome) {
      keySetFetches.add(1, { 'stagepass.outcome': outcome });
    },
  };
}

/** From a token that is remembered to a key set that does not answer, in seconds. */
const durations = [
  0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
] as const;

/** Where every copy of `@opentelemetry/api` 1 keeps what is registered. */
const registry = Symbol.for('opentelemetry.js.api.1');

function findMeter(): Meter | undefined {
  // Without a meter provider all meters measure nothing: the package, several megabytes once loaded, stays on disk.
  const registered = (globalThis as { [registry]?: { metrics?: unknown } })[registry];
  if (!registered?.metrics) return undefined;
  try {
    // Not an import: that would fail where the package is not there, or wait.
    const api = createRequire(import.meta.url)('@opentelemetry/api') as {
      metrics: { getMeter(name: string): Meter };
    };
    return api.metrics.getMeter('@stagepass/auth');
  } catch {
    return undefined;
  }
}
