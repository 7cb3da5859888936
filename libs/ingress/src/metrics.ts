import { DurationHistogram, METRICS_REGISTRY } from '@claimwire/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Outcome } from './answer.js';
import { RequestTally } from './request-tally.js';

/** Metrics of an ingress. No label holds anything that was sent. */
@Injectable()
export class IngressMetrics {
  /** Requests being received: a plain number, read when somebody asks, because it changes twice per request. */
  inFlight = 0;
  readonly publishSeconds: DurationHistogram;
  readonly connections: Gauge;
  /** Of the one provider that a process serves. */
  private readonly requests = new RequestTally();
  private readonly refusals: Counter<'provider' | 'reason'>;
  private readonly reloads: Counter<'result'>;

  constructor(@Inject(METRICS_REGISTRY) private readonly registry: Registry) {
    const registers = [registry];
    this.follow('claimwire_ingress_requests_in_flight', 'Webhooks being received', () => this.inFlight);
    this.publishSeconds = new DurationHistogram({
      name: 'claimwire_ingress_publish_duration_seconds',
      help: 'From hand-over to the acknowledgement of all replicas',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4],
      registers,
    });
    this.connections = new Gauge({
      name: 'claimwire_ingress_connections',
      help: 'Connections of this provider in memory',
      registers,
    });
    const { requests } = this;
    new Counter({
      name: 'claimwire_ingress_requests_total',
      help: 'Requests by how they ended',
      labelNames: ['provider', 'route', 'outcome'],
      registers,
      collect() {
        this.reset();
        for (const { labels, count } of requests.entries()) this.inc(labels, count);
      },
    });
    this.refusals = new Counter({
      name: 'claimwire_ingress_refusals_total',
      help: 'Requests with missing or wrong credentials, by reason',
      labelNames: ['provider', 'reason'],
      registers,
    });
    this.reloads = new Counter({
      name: 'claimwire_ingress_connection_reloads_total',
      help: 'Loads of the connections from PostgreSQL',
      labelNames: ['result'],
      registers,
    });
  }

  /** @param read bytes held at this moment */
  followInFlightBytes(read: () => number): void {
    this.follow('claimwire_ingress_bytes_in_flight', 'Bytes that requests in flight hold', read);
  }

  private follow(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  countRequest(provider: string, route: string, outcome: Outcome): void {
    this.requests.add(provider, route, outcome);
  }

  countRefusal(provider: string, reason: string): void {
    this.refusals.inc({ provider, reason });
  }

  countReload(result: 'ok' | 'failed'): void {
    this.reloads.inc({ result });
  }
}
