import { type Attributes, type Span, type SpanContext, SpanKind } from '@opentelemetry/api';
import { readTraceparent } from './traceparent.js';
import { failSpan, traceparentFrom, type Tracing } from './tracing.js';

/** More links than this say no more about a batch; how many messages it has stands in an attribute. */
const MOST_LINKS = 64;

/** A message of a batch, as far as a span may know it. */
export interface TracedMessage {
  traceparent: string | undefined;
  /** `ce_id` */
  id: string;
}

export interface TracedBatch {
  /** Without the deployment's prefix. */
  topic: string;
  partition: number;
  /** Short name of the consumer. */
  consumer: string;
  /** null = headers that nobody can read. */
  messages: readonly (TracedMessage | null)[];
}

const KAFKA = { 'messaging.system': 'kafka' };

/** Handling a batch: one span for it, in a trace of its own, and one for each message whose trace is kept, in that trace. */
export class BatchSpans {
  /** Milliseconds since 1970. */
  readonly beganAt = Date.now();
  private readonly batch: Span | null;
  /** By place in the batch. */
  private readonly spans = new Map<number, Span>();

  /** @returns null where no message's trace is kept */
  static begin(tracing: Tracing, batch: TracedBatch): BatchSpans | null {
    if (!tracing.isOn || !batch.messages.some((message) => tracing.follows(message?.traceparent))) return null;
    const spans = new BatchSpans(tracing, batch);
    return spans.spans.size > 0 ? spans : null;
  }

  private constructor(
    private readonly tracing: Tracing,
    { topic, partition, consumer, messages }: TracedBatch,
  ) {
    const attributes = {
      ...KAFKA,
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
      'messaging.consumer.group.name': `claimwire-${consumer}`,
    };
    this.batch = tracing.rootOfKept(`process_batch ${topic}`, {
      kind: SpanKind.CONSUMER,
      attributes: {
        ...attributes,
        'messaging.operation.name': 'process_batch',
        'messaging.batch.message_count': messages.length,
      },
      links: linksTo(
        messages.map((message) => (tracing.follows(message?.traceparent) ? message?.traceparent : undefined)),
      ),
    });
    const links = this.batch ? [this.batch.spanContext()] : [];
    for (const [index, message] of messages.entries()) {
      const span = tracing.child(`process ${topic}`, message?.traceparent, {
        kind: SpanKind.CONSUMER,
        attributes: { ...attributes, 'messaging.operation.name': 'process', 'messaging.message.id': message?.id },
        links,
      });
      if (span) this.spans.set(index, span);
    }
  }

  /** What the work on this message goes on with: its own span, where it has one. */
  traceparentOf(index: number): string | undefined {
    const span = this.spans.get(index);
    return span && traceparentFrom(span);
  }

  /** The same part of the work for all of them, which they share. @param startedAt milliseconds since 1970 */
  phase(name: string, startedAt: number, attributes: Attributes = {}): void {
    for (const span of this.spans.values()) {
      const options = { kind: SpanKind.INTERNAL, attributes, startTime: startedAt };
      this.tracing.child(name, traceparentFrom(span), options)?.end();
    }
  }

  /** What became of each. */
  describe(attributesOf: (index: number, traceparent: string) => Attributes): void {
    for (const [index, span] of this.spans) span.setAttributes(attributesOf(index, traceparentFrom(span)));
  }

  /** @param failure a constant code: the batch will come again */
  end(failure?: string): void {
    for (const span of [...this.spans.values(), this.batch]) {
      if (!span) continue;
      if (failure !== undefined) failSpan(span, failure);
      span.end();
    }
  }
}

function linksTo(traceparents: readonly (string | undefined)[]): SpanContext[] {
  const links: SpanContext[] = [];
  for (const traceparent of traceparents) {
    const context = traceparent === undefined ? null : readTraceparent(traceparent);
    if (context !== null && links.push(context) === MOST_LINKS) break;
  }
  return links;
}

export interface SendOptions {
  id?: string;
  count?: number;
  attributes?: Attributes;
}

/** The span of sending a message, or several of one trace; its context is what the messages carry. */
export function startSend(
  tracing: Tracing,
  topic: string,
  parent: string | undefined,
  options: SendOptions = {},
): Span | null {
  const { id, count, attributes } = options;
  return tracing.child(`send ${topic}`, parent, {
    kind: SpanKind.PRODUCER,
    attributes: {
      ...KAFKA,
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'messaging.message.id': id,
      'messaging.batch.message_count': count,
      ...attributes,
    },
  });
}

interface Sendable {
  topic: string;
  headers: Record<string, string>;
}

/**
 * Records whose trace is kept get a span each, and carry its context from now on.
 * @param idOf an id that may be shown: a claim's key is none
 * @returns the spans that end when the records are sent
 */
export function startSends<R extends Sendable>(
  tracing: Tracing,
  records: readonly R[],
  idOf: (record: R) => string | undefined,
): Span[] {
  if (!tracing.isOn) return [];
  return records.flatMap((record) => {
    const { topic, headers } = record;
    if (!tracing.follows(headers.traceparent)) return [];
    const span = startSend(tracing, topic, headers.traceparent, { id: idOf(record) });
    if (span) headers.traceparent = traceparentFrom(span);
    return span ?? [];
  });
}

export function endSends(spans: readonly Span[], failure?: string): void {
  for (const span of spans) {
    if (failure !== undefined) failSpan(span, failure);
    span.end();
  }
}
