import { METRICS_REGISTRY } from '@claimwire/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { IngressConfig } from '../ingress-config.js';
import type { SpoolUsage } from './spool-table.js';

/** Metrics of the spool. The gauges are of the one table that all replicas share: take their maximum, not their sum. */
@Injectable()
export class SpoolMetrics {
  readonly spooled: Counter;
  readonly drained: Counter;
  readonly refused: Counter;
  readonly circuitOpen: Gauge;
  private readonly rows: Gauge;
  private readonly bytes: Gauge;
  private readonly fill: Gauge;
  private readonly oldestAge: Gauge;

  constructor(
    @Inject(METRICS_REGISTRY) registry: Registry,
    private readonly config: IngressConfig,
  ) {
    const registers = [registry];
    this.rows = new Gauge({ name: 'claimwire_ingress_spool_rows', help: 'Events in the spool', registers });
    this.bytes = new Gauge({
      name: 'claimwire_ingress_spool_bytes',
      help: 'Bytes of the events in the spool',
      registers,
    });
    this.fill = new Gauge({
      name: 'claimwire_ingress_spool_fill_ratio',
      help: 'What part of its bound, of events or of bytes, the spool has taken; at 1 webhooks are answered 503',
      registers,
    });
    this.oldestAge = new Gauge({
      name: 'claimwire_ingress_spool_oldest_age_seconds',
      help: 'Age of the oldest event in the spool, 0 when it is empty',
      registers,
    });
    this.circuitOpen = new Gauge({
      name: 'claimwire_ingress_publish_circuit_open',
      help: '1 while the brokers do not acknowledge and events go straight to the spool',
      registers,
    });
    this.spooled = new Counter({
      name: 'claimwire_ingress_spooled_total',
      help: 'Events that this process committed to the spool',
      registers,
    });
    this.drained = new Counter({
      name: 'claimwire_ingress_drained_total',
      help: 'Events that this process published from the spool and deleted there',
      registers,
    });
    this.refused = new Counter({
      name: 'claimwire_ingress_spool_refused_total',
      help: 'Publications from the spool that were put off because of the event itself',
      registers,
    });
  }

  show({ rows, bytes, oldestAgeSeconds }: SpoolUsage): void {
    this.rows.set(rows);
    this.bytes.set(bytes);
    const { SPOOL_MAX_ROWS, SPOOL_MAX_BYTES } = this.config;
    // A bound of 0 switches the spool off: then none of it is taken.
    this.fill.set(Math.max(SPOOL_MAX_ROWS && rows / SPOOL_MAX_ROWS, SPOOL_MAX_BYTES && bytes / SPOOL_MAX_BYTES));
    this.oldestAge.set(oldestAgeSeconds);
  }
}
