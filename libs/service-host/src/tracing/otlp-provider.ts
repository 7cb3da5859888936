import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  type SpanExporter,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { readPairs, type TracingConfig } from './tracing-config.js';

export type SpanOutcome = 'exported' | 'failed' | 'dropped';
type ExportDone = Parameters<SpanExporter['export']>[1];
/** `ExportResultCode.SUCCESS` of the SDK's core package. */
const TAKEN = 0;

export type CountSpans = (outcome: SpanOutcome, count: number) => void;

/** Loaded only where tracing is on: the SDK takes time and memory. */
export function createProvider(
  name: string,
  endpoint: string,
  config: TracingConfig,
  count: CountSpans,
): TracerProvider {
  const { OTEL_EXPORTER_OTLP_CERTIFICATE: caFile, OTEL_EXPORTER_OTLP_TIMEOUT: timeoutMillis } = config;
  const otlp = new OTLPTraceExporter({
    url: endpoint,
    timeoutMillis,
    headers: readPairs(config.OTEL_EXPORTER_OTLP_HEADERS),
    concurrencyLimit: 2,
    ...(caFile ? { httpAgentOptions: { ca: readFileSync(caFile), keepAlive: true } } : {}),
  });
  return new TracerProvider({
    resource: resourceOf(name, config),
    sampler: samplerOf(config),
    spanProcessors: [new BoundedProcessor(otlp, config, count)],
  });
}

function resourceOf(name: string, { OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES }: TracingConfig): Resource {
  const stated = readPairs(OTEL_RESOURCE_ATTRIBUTES);
  return defaultResource().merge(
    resourceFromAttributes({
      'service.namespace': 'claimwire',
      'service.instance.id': randomUUID(),
      'service.name': name,
      ...stated,
      ...(OTEL_SERVICE_NAME ? { 'service.name': OTEL_SERVICE_NAME } : {}),
    }),
  );
}

export function samplerOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: share }: TracingConfig): Sampler {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(share);
    default:
      // Whether a trace begins at all is decided before its first span is made (`rootShare`).
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  }
}

/** The SDK's own batching, which drops what its queue has no room for without saying so: counted here, and bounded by that. */
class BoundedProcessor implements SpanProcessor {
  private waiting = 0;
  private readonly bound: number;
  private readonly inner: BatchSpanProcessor;

  constructor(
    exporter: SpanExporter,
    { OTEL_BSP_MAX_QUEUE_SIZE: maxQueueSize, OTEL_BSP_SCHEDULE_DELAY: delayMs }: TracingConfig,
    private readonly count: CountSpans,
  ) {
    this.bound = maxQueueSize;
    const taken = (spans: number): void => void (this.waiting -= spans);
    this.inner = new BatchSpanProcessor({
      exporter: countExports(exporter, taken, count),
      maxQueueSize,
      maxExportBatchSize: Math.min(512, maxQueueSize),
      scheduledDelayMillis: delayMs,
    });
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.waiting >= this.bound) return this.count('dropped', 1);
    this.waiting += 1;
    this.inner.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}

function countExports(exporter: SpanExporter, taken: (spans: number) => void, count: CountSpans): SpanExporter {
  return {
    export(spans: ReadableSpan[], done: ExportDone): void {
      taken(spans.length);
      exporter.export(spans, (result) => {
        count((result.code as number) === TAKEN ? 'exported' : 'failed', spans.length);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
