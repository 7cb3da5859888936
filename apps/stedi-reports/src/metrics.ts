import { METRICS_REGISTRY } from '@claimwire/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Histogram, type Registry } from 'prom-client';

export type TransactionOutcome = 'published' | 'skipped' | 'quarantined';

@Injectable()
export class ReportMetrics {
  readonly fetchSeconds: Histogram;
  readonly claims: Counter;
  private readonly transactions: Counter<'outcome' | 'reason'>;

  constructor(@Inject(METRICS_REGISTRY) registry: Registry) {
    const registers = [registry];
    this.fetchSeconds = new Histogram({
      name: 'claimwire_stedi_reports_fetch_duration_seconds',
      help: 'From the first request for a report to its end, retries included',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    });
    this.claims = new Counter({
      name: 'claimwire_stedi_reports_claims_total',
      help: 'Claims of reports that were published',
      registers,
    });
    this.transactions = new Counter({
      name: 'claimwire_stedi_reports_transactions_total',
      help: 'Webhook events by how they ended',
      labelNames: ['outcome', 'reason'],
      registers,
    });
  }

  count(outcome: TransactionOutcome, reason: string): void {
    this.transactions.inc({ outcome, reason });
  }
}
