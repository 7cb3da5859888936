import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  type SpanKind,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { isSampled, readTraceparent, writeTraceparent } from './traceparent.js';

export { type Attributes, type Span, SpanKind } from '@opentelemetry/api';

export interface SpanOptions {
  kind: SpanKind;
  /** Codes, counts, names of ours. Never anything that a provider, a receiver or a tenant's secret said. */
  attributes: Attributes;
  /** Milliseconds since 1970; default now. */
  startTime?: number;
  /** Spans of other traces that this one has to do with. */
  links?: readonly SpanContext[];
}

/**
 * Where this process's spans come from. Off, it makes none and costs a comparison with null. Nothing is kept in an async
 * context: a span is handed on as a `traceparent`, as it is between processes.
 */
export class Tracing {
  constructor(
    private readonly tracer: Tracer | null = null,
    /** Of the traces that begin here; null = the tracer's sampler decides about every span. */
    private readonly share: number | null = 1,
  ) {}

  get isOn(): boolean {
    return this.tracer !== null;
  }

  /** Whether a child of it may be recorded: what to ask before gathering attributes. */
  follows(traceparent: string | undefined): boolean {
    if (this.tracer === null || traceparent === undefined) return false;
    return this.share === null || isSampled(traceparent);
  }

  /**
   * A trace of its own. The lot is drawn before anything is made: the SDK takes ten times as long over a span that is not kept.
   * @returns null where tracing is off, or this one is not kept
   */
  root(name: string, options: SpanOptions): Span | null {
    return this.share === null || Math.random() < this.share ? this.start(name, options, ROOT_CONTEXT) : null;
  }

  /** The same for the sake of traces that are kept: what has to do with them, as a batch with its messages. */
  rootOfKept(name: string, options: SpanOptions): Span | null {
    return this.start(name, options, ROOT_CONTEXT);
  }

  /** @returns null where tracing is off, the parent is none, or its trace is not kept */
  child(name: string, parent: string | undefined, options: SpanOptions): Span | null {
    if (!this.follows(parent)) return null;
    const context = readTraceparent(parent);
    if (context === null) return null;
    return this.start(name, options, trace.setSpanContext(ROOT_CONTEXT, context));
  }

  private start(name: string, { links, ...options }: SpanOptions, context: Context): Span | null {
    if (this.tracer === null) return null;
    const linked = links?.map((of): Link => ({ context: of }));
    const span = this.tracer.startSpan(name, { ...options, links: linked }, context);
    return span.isRecording() ? span : null;
  }
}

export const traceparentFrom = (span: Span): string => writeTraceparent(span.spanContext());

/** Whom a request goes to, and no more: paths and queries name claims, and people put keys there. */
export function serverAttributes({ protocol, hostname, port }: URL): Attributes {
  const scheme = protocol.slice(0, -1);
  const usual = scheme === 'https' ? 443 : 80;
  return { 'url.scheme': scheme, 'server.address': hostname, 'server.port': port === '' ? usual : Number(port) };
}

/** @param type a constant code, or an HTTP status: what an error says may quote data */
export function failSpan(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
