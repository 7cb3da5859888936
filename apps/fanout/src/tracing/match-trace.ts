import { errorCode, type Batch } from '@claimwire/kafka';
import { BatchSpans, type Tracing } from '@claimwire/service-host';
import type { ReadEvent } from '../match-batch.js';
import type { Inserted } from '../sending/insert-deliveries.js';

/** The spans of matching one batch, where a trace is kept that one of its events belongs to. */
export class MatchTrace {
  /** Events whose trace is kept carry their own span from here on, and their deliveries do. */
  static begin(
    tracing: Tracing,
    { topic, partition }: Batch,
    consumer: string,
    events: ReadEvent[],
  ): MatchTrace | null {
    if (!tracing.isOn) return null;
    const messages = events.map(({ traceparent, facts }) => ({ traceparent, id: facts.id }));
    const spans = BatchSpans.begin(tracing, { topic, partition, consumer, messages });
    if (spans === null) return null;
    for (const [index, event] of events.entries()) event.traceparent = spans.traceparentOf(index) ?? event.traceparent;
    return new MatchTrace(spans, events);
  }

  private constructor(
    private readonly spans: BatchSpans,
    private readonly events: readonly ReadEvent[],
  ) {}

  stored(inserted: readonly Inserted[]): void {
    const counts = new Map<string, number>();
    for (const { eventId } of inserted) counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
    this.spans.describe((index) => ({ 'claimwire.deliveries': counts.get(this.events[index]?.facts.id ?? '') ?? 0 }));
  }

  end(failure?: unknown): void {
    this.spans.end(failure === undefined ? undefined : errorCode(failure));
  }
}
