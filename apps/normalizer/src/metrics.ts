import { METRICS_REGISTRY } from '@claimwire/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Metrics of the normaliser. No label holds a tenant or anything of a claim. */
@Injectable()
export class NormalizerMetrics {
  readonly messages: Counter<'source' | 'outcome'>;
  readonly stored: Counter<'source'>;
  readonly duplicates: Counter<'source'>;
  readonly erased: Counter<'source'>;
  readonly late: Counter<'source'>;
  readonly batchMessages: Histogram<'source'>;
  readonly acceptedToState: Histogram;
  readonly batchSeconds: Histogram<'source' | 'phase'>;
  readonly published: Counter<'topic'>;
  readonly publishFailures: Counter<'code'>;
  readonly unpublishable: Counter<'topic'>;
  readonly unsent: Gauge;
  readonly quarantineIndexed: Counter<'stage'>;
  readonly quarantineOpen: Gauge<'reason'>;
  readonly quarantineExpiring: Gauge<'reason'>;
  readonly poisonIsolated: Counter<'source'>;

  constructor(@Inject(METRICS_REGISTRY) registry: Registry) {
    const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
      new Counter({ name: `claimwire_normalizer_${name}`, help, labelNames, registers: [registry] });
    this.messages = counter('messages_total', 'Raw events by how they were settled', ['source', 'outcome']);
    this.stored = counter('events_stored_total', 'Claim events newly stored', ['source']);
    this.duplicates = counter('duplicates_total', 'Claim events that were stored before', ['source']);
    this.erased = counter('erased_total', 'Claim events dropped because their claim was erased', ['source']);
    this.late = counter('late_events_total', 'Stored events that were not last in order', ['source']);
    this.published = counter('published_total', 'Outgoing messages acknowledged by Kafka', ['topic']);
    this.publishFailures = counter('publish_failures_total', 'Sends of the outbox that must be repeated', ['code']);
    this.unpublishable = counter('unpublishable_total', 'Outgoing messages too large for their topic', ['topic']);
    this.quarantineIndexed = counter('quarantine_indexed_total', 'Quarantined messages indexed', ['stage']);
    this.poisonIsolated = counter('poison_isolated_total', 'Raw events that crash the normaliser, set aside', [
      'source',
    ]);
    const gauge = (name: string, help: string) =>
      new Gauge({ name: `claimwire_quarantine_${name}`, help, labelNames: ['reason'] as const, registers: [registry] });
    this.quarantineOpen = gauge('open', 'Open items of the quarantine; the same from every replica');
    this.quarantineExpiring = gauge('expiring', 'Those of them whose bytes are gone within 7 days, or are gone');
    this.batchMessages = new Histogram({
      name: 'claimwire_normalizer_batch_messages',
      help: 'Raw events per transaction',
      labelNames: ['source'],
      buckets: [1, 5, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000],
      registers: [registry],
    });
    this.acceptedToState = new Histogram({
      name: 'claimwire_pipeline_accepted_to_state_seconds',
      help: 'From the acceptance of a webhook to the commit of the state that its claim has by it',
      buckets: [...SECONDS, 10, 30, 60, 300, 1_800, 7_200],
      registers: [registry],
    });
    this.batchSeconds = new Histogram({
      name: 'claimwire_normalizer_batch_duration_seconds',
      help: 'Time of a batch by phase: normalise, store',
      labelNames: ['source', 'phase'],
      buckets: SECONDS,
      registers: [registry],
    });
    this.unsent = new Gauge({
      name: 'claimwire_normalizer_outbox_unsent',
      help: 'Outgoing messages committed by this replica and not yet acknowledged by Kafka',
      registers: [registry],
    });
  }
}
