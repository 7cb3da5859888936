import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, type Registry } from 'prom-client';
import type { RootLogger } from '../logger.js';
import { rootShare, tracesEndpoint, type TracingConfig } from './tracing-config.js';
import { Tracing } from './tracing.js';

export interface StartedTracing {
  tracing: Tracing;
  /** Sends what has ended so far; gives up on a collector that does not take it. */
  stop(): Promise<void>;
}

/** The rest of a shutdown has had its time then: spans are worth little more. */
const FLUSH_WITHIN_MS = 1_000;

/** Off unless the settings name a collector. @throws Error for a certificate that cannot be read */
export async function startTracing(
  name: string,
  config: TracingConfig,
  registry: Registry,
  logger: Pick<RootLogger, 'info'>,
): Promise<StartedTracing> {
  const spans = new Counter({
    name: 'claimwire_tracing_spans_total',
    help: 'Ended spans by what became of them: exported, failed (not taken), dropped (no room)',
    labelNames: ['outcome'] as const,
    registers: [registry],
  });
  const endpoint = tracesEndpoint(config);
  if (endpoint === null) return { tracing: new Tracing(), stop: async () => undefined };
  const { createProvider } = await import('./otlp-provider.js');
  const provider = createProvider(name, endpoint, config, (outcome, count) => spans.inc({ outcome }, count));
  const sampler = config.OTEL_TRACES_SAMPLER;
  logger.info({ sampler, share: config.OTEL_TRACES_SAMPLER_ARG, collector: new URL(endpoint).host }, 'tracing is on');
  return {
    tracing: new Tracing(provider.getTracer('claimwire'), rootShare(config)),
    stop: async () => {
      const flushed = provider.shutdown().catch(() => undefined);
      await Promise.race([flushed, sleep(FLUSH_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
