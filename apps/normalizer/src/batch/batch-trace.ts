import { errorCode, type LaneBatch } from '@claimwire/kafka';
import type { NormalisedBatch, ReadMessage } from '@claimwire/normalizing';
import { BatchSpans, type Tracing } from '@claimwire/service-host';
import type { StoredBatch } from './store-batch.js';

/** What became of a message, for its span: facts that were not stored were known before, or are of an erased claim. */
type Outcome = 'stored' | 'not_new' | 'quarantined' | 'ignored';

/** The spans of one batch, where a trace is kept that one of its messages belongs to. */
export class BatchTrace {
  /** Messages whose trace is kept carry their own span from here on, and what is made of them does. */
  static begin(tracing: Tracing, { topic, partition }: LaneBatch, messages: readonly ReadMessage[]): BatchTrace | null {
    if (!tracing.isOn) return null;
    const spans = BatchSpans.begin(tracing, {
      topic,
      partition,
      consumer: 'normalizer',
      messages: messages.map(({ headers }) => headers && { traceparent: headers.traceparent, id: headers.id }),
    });
    if (spans === null) return null;
    for (const [index, { headers }] of messages.entries()) {
      const traceparent = spans.traceparentOf(index);
      if (headers !== null && traceparent !== undefined) headers.traceparent = traceparent;
    }
    return new BatchTrace(spans, messages);
  }

  private constructor(
    private readonly spans: BatchSpans,
    private readonly messages: readonly ReadMessage[],
  ) {}

  normalised(): void {
    this.spans.phase('normalise', this.spans.beganAt);
  }

  stored(normalised: NormalisedBatch, { records }: StoredBatch, beganAt: number): void {
    this.spans.phase('store', beganAt, { 'db.system.name': 'postgresql' });
    const made = new Set([
      ...normalised.facts.map(({ traceparent }) => traceparent),
      ...normalised.notices.map(({ headers }) => headers.traceparent),
    ]);
    const stored = new Set(records.map(({ headers }) => headers.traceparent));
    const quarantined = new Map(normalised.quarantined.map(({ message, reason }) => [message, reason]));
    this.spans.describe((index, traceparent) => {
      const reason = quarantined.get((this.messages[index] as ReadMessage).message);
      const known: Outcome = made.has(traceparent) ? 'not_new' : 'ignored';
      const outcome: Outcome = reason ? 'quarantined' : stored.has(traceparent) ? 'stored' : known;
      return { 'claimwire.outcome': outcome, 'claimwire.reason': reason };
    });
  }

  end(failure?: unknown): void {
    this.spans.end(failure === undefined ? undefined : errorCode(failure));
  }
}
