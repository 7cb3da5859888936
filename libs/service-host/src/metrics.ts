import { collectDefaultMetrics, Registry } from 'prom-client';

/** Injection token of the process's prom-client `Registry`; each package declares its metrics in one `metrics.ts`. */
export const METRICS_REGISTRY = Symbol('METRICS_REGISTRY');

/** A registry with Node's own metrics (event loop delay, heap, handles). */
export function createMetricsRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
