import type { PartitionLag } from '@claimwire/kafka';
import { WEBHOOK_STATUSES } from '@claimwire/postgres/schema';
import { METRICS_REGISTRY } from '@claimwire/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import type { ConfigurationCounts } from './configuration-counts.js';
import { sendable, type WebhookBacklog } from './fanout-backlog.js';

interface BrokerNames {
  topic(name: string): string;
  group(name: string): string;
}

const PARTITION = ['consumergroup', 'topic', 'partition'] as const;
const WEBHOOK = ['webhook', 'status'] as const;

/**
 * Lag and backlog, read from outside the consumers: the same from every replica, so take `max`, not `sum`. The kafka_… names
 * are those of the Kafka exporters that SREs know. A webhook's label is its id, which says nothing of its owner.
 */
@Injectable()
export class LagMetrics {
  private readonly lag: Gauge<(typeof PARTITION)[number]>;
  private readonly lagSeconds: Gauge<(typeof PARTITION)[number]>;
  private readonly current: Gauge<(typeof PARTITION)[number]>;
  private readonly end: Gauge<'topic' | 'partition'>;
  private readonly backlog: Gauge<'status'>;
  private readonly backlogSeconds: Gauge<'status'>;
  private readonly sendable: Gauge;
  private readonly webhooks: Gauge<'status'>;
  private readonly expiring: Gauge;
  private readonly webhookBacklog: Gauge<(typeof WEBHOOK)[number]>;
  private readonly webhookSeconds: Gauge<(typeof WEBHOOK)[number]>;
  private readonly lastSuccess: Gauge<'source'>;

  constructor(@Inject(METRICS_REGISTRY) registry: Registry) {
    const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
      new Gauge({ name, help, labelNames, registers: [registry] });
    this.lag = gauge('kafka_consumergroup_lag', 'Messages that a consumer has not settled', PARTITION);
    this.lagSeconds = gauge(
      'kafka_consumergroup_lag_seconds',
      'Age of the oldest message that a consumer has not settled; 0 = none',
      PARTITION,
    );
    this.current = gauge('kafka_consumergroup_current_offset', 'First offset that is not settled', PARTITION);
    this.end = gauge('kafka_topic_partition_current_offset', 'Offset that the next message gets', [
      'topic',
      'partition',
    ]);
    this.backlog = gauge('claimwire_fanout_backlog', 'Unsettled deliveries that are due, by status of their webhook', [
      'status',
    ]);
    this.backlogSeconds = gauge(
      'claimwire_fanout_backlog_oldest_seconds',
      'How long the oldest of them has been due; 0 = none',
      ['status'],
    );
    this.sendable = gauge(
      'claimwire_fanout_sendable_deliveries',
      'Deliveries that could be in flight now: due for working webhooks, of each no more than its concurrency',
      [],
    );
    this.webhooks = gauge('claimwire_webhooks', 'Webhooks by status', ['status']);
    this.expiring = gauge(
      'claimwire_connections_expiring',
      'Connections whose last secret, key or token ends within 14 days',
      [],
    );
    this.webhookBacklog = gauge(
      'claimwire_fanout_webhook_backlog',
      'Unsettled deliveries of the webhooks that have most',
      WEBHOOK,
    );
    this.webhookSeconds = gauge(
      'claimwire_fanout_webhook_oldest_seconds',
      'How long the oldest delivery of these webhooks has been due; 0 = none',
      WEBHOOK,
    );
    this.lastSuccess = gauge(
      'claimwire_lag_last_success_timestamp_seconds',
      'When lag (kafka) and backlog (postgres) were read last, in Unix time',
      ['source'],
    );
  }

  /**
   * @param naming a topic's and a group's name on the broker
   * @param options `offsets` false: only what no Kafka exporter shows, so that no series is there twice
   */
  showLag(partitions: readonly PartitionLag[], naming: BrokerNames, options: { offsets: boolean }) {
    this.forgetLag();
    for (const { consumer, topic: name, partition, next, high, lag, seconds } of partitions) {
      const topic = naming.topic(name);
      const place = { consumergroup: naming.group(consumer), topic, partition: String(partition) };
      this.lagSeconds.set(place, seconds);
      if (!options.offsets) continue;
      this.lag.set(place, Number(lag));
      this.current.set(place, Number(next));
      this.end.set({ topic, partition: String(partition) }, Number(high));
    }
    this.lastSuccess.set({ source: 'kafka' }, Date.now() / 1_000);
  }

  /** What is not known is not shown: an alert on missing data is right then, an old value never. */
  forgetLag(): void {
    for (const gauge of [this.lag, this.lagSeconds, this.current]) gauge.reset();
    this.end.reset();
  }

  showBacklog(
    webhooks: readonly WebhookBacklog[],
    counts: ConfigurationCounts,
    { top, readAt }: { top: number; readAt: number },
  ): void {
    this.forgetBacklog();
    this.sendable.set(sendable(webhooks));
    this.expiring.set(counts.expiringConnections);
    for (const status of WEBHOOK_STATUSES) {
      this.webhooks.set({ status }, counts.webhooks[status] ?? 0);
      const of = webhooks.filter((webhook) => webhook.status === status);
      this.backlog.set(
        { status },
        of.reduce((sum, { due }) => sum + due, 0),
      );
      this.backlogSeconds.set({ status }, Math.max(0, ...of.map(({ oldestSeconds }) => oldestSeconds)));
    }
    for (const { webhook, status, depth, oldestSeconds } of webhooks
      .toSorted((a, b) => b.depth - a.depth)
      .slice(0, top)) {
      this.webhookBacklog.set({ webhook, status }, depth);
      this.webhookSeconds.set({ webhook, status }, oldestSeconds);
    }
    this.lastSuccess.set({ source: 'postgres' }, readAt / 1_000);
  }

  forgetBacklog(): void {
    for (const gauge of [this.backlog, this.backlogSeconds, this.webhooks]) gauge.reset();
    for (const gauge of [this.sendable, this.expiring]) gauge.remove();
    for (const gauge of [this.webhookBacklog, this.webhookSeconds]) gauge.reset();
  }
}
