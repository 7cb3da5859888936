import { DurationHistogram } from '@claimwire/service-host';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Settlement } from './sending/settlement.js';

/** What the gauges read when they are scraped. */
export interface FanoutGauges {
  inFlight(): number;
  /** In memory and not in flight: waiting for a place or for an earlier one of the claim, or being stored. */
  waiting(): number;
  leases(): number;
  /** Answered, and not stored yet. */
  settling(): number;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000];

/** No label holds a tenant, a webhook or a claim: their number has no bound. */
export class FanoutMetrics {
  /** Since somebody asked: prom-client makes a key of the labels each time. */
  private readonly attempts = new Map<Settlement['outcome']['type'], number>();
  private readonly attemptSeconds;
  private readonly acceptedToDelivered;
  private readonly matched;
  private readonly settleSize;
  private readonly settleSeconds;
  private readonly failures;
  private readonly held;
  private readonly replayed;
  private readonly removals;
  private readonly failedDeliveries;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    const { attempts } = this;
    new Counter({
      name: 'claimwire_fanout_attempts_total',
      help: 'HTTP attempts by what became of the delivery',
      labelNames: ['outcome'] as const,
      registers,
      collect() {
        for (const [outcome, count] of attempts) this.inc({ outcome }, count);
        attempts.clear();
      },
    });
    this.attemptSeconds = new DurationHistogram({
      name: 'claimwire_fanout_attempt_seconds',
      help: 'Time of an attempt to the end of its answer',
      buckets: SECONDS,
      registers,
    });
    this.acceptedToDelivered = new DurationHistogram({
      name: 'claimwire_pipeline_accepted_to_delivered_seconds',
      help: 'From the acceptance of a webhook to the answer of a receiver that has its event; replays do not count',
      buckets: [...SECONDS, 60, 300, 1_800, 7_200, 43_200],
      registers,
    });
    this.matched = new Counter({
      name: 'claimwire_fanout_deliveries_created_total',
      help: 'Deliveries that bindings made',
      registers,
    });
    this.settleSize = new Histogram({
      name: 'claimwire_fanout_settle_batch_size',
      help: 'Outcomes stored in one statement',
      buckets: SIZES,
      registers,
    });
    this.settleSeconds = new Histogram({
      name: 'claimwire_fanout_settle_seconds',
      help: 'Time to store a batch of outcomes',
      buckets: SECONDS,
      registers,
    });
    this.failures = new Counter({
      name: 'claimwire_fanout_store_failures_total',
      help: 'Statements that PostgreSQL did not carry out and that are tried again',
      labelNames: ['during'] as const,
      registers,
    });
    this.held = new Counter({
      name: 'claimwire_fanout_webhooks_held_total',
      help: 'Webhooks that were deauthorized or disabled',
      labelNames: ['status'] as const,
      registers,
    });
    this.replayed = new Counter({
      name: 'claimwire_fanout_replayed_deliveries_total',
      help: 'Deliveries that replays and retries of error queues made',
      registers,
    });
    this.removals = new Counter({
      name: 'claimwire_fanout_removed_total',
      help: 'What was removed because its time was over',
      labelNames: ['what'] as const,
      registers,
    });
    this.failedDeliveries = new Gauge({
      name: 'claimwire_fanout_error_queue_deliveries',
      help: 'Deliveries in all error queues; every replica shows the same number',
      registers,
    });
  }

  /** Put to `status` by what its destination answered, or did not. */
  webhookHeld(status: string): void {
    this.held.inc({ status });
  }

  replayMade(count: number): void {
    this.replayed.inc(count);
  }

  removed(what: string, count: number): void {
    this.removals.inc({ what }, count);
  }

  errorQueue(deliveries: number): void {
    this.failedDeliveries.set(deliveries);
  }

  attempted(outcome: Settlement['outcome']['type'], seconds: number): void {
    this.attempts.set(outcome, (this.attempts.get(outcome) ?? 0) + 1);
    this.attemptSeconds.add(seconds);
  }

  /** @param receivedAt ISO 8601, when the webhook was accepted */
  delivered(receivedAt: string): void {
    const seconds = (Date.now() - Date.parse(receivedAt)) / 1_000;
    if (seconds >= 0) this.acceptedToDelivered.add(seconds);
  }

  created(count: number): void {
    this.matched.inc(count);
  }

  settled(count: number, seconds: number): void {
    this.settleSize.observe(count);
    this.settleSeconds.observe(seconds);
  }

  failed(during: string): void {
    this.failures.inc({ during });
  }

  observe(gauges: FanoutGauges): void {
    this.gauge('claimwire_fanout_in_flight', 'HTTP requests in flight', () => gauges.inFlight());
    this.gauge('claimwire_fanout_buffered', 'Deliveries in memory that are not in flight', () => gauges.waiting());
    this.gauge('claimwire_fanout_settling', 'Outcomes that are not stored yet', () => gauges.settling());
    this.gauge('claimwire_fanout_leases', 'Webhooks that this replica sends for', () => gauges.leases());
  }

  private gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
