import { METRICS_REGISTRY } from '@claimwire/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The first three are final; the others are tries that will come again, "moved" with another connection. */
export type JobOutcome = 'published' | 'skipped' | 'quarantined' | 'retried' | 'paused' | 'moved';
/** "interrupted": there is more, and other connections had their turn first. */
export type PollOutcome = 'complete' | 'interrupted' | 'failed' | 'lost';

@Injectable()
export class ReportMetrics {
  readonly fetchSeconds: Histogram;
  readonly claims: Counter;
  readonly jobsAdded: Counter<'origin'>;
  readonly jobs: Gauge<'state'>;
  readonly oldestJob: Gauge;
  readonly pausedConnections: Gauge;
  readonly missed: Counter;
  readonly polls: Counter<'outcome'>;
  private readonly transactions: Counter<'outcome' | 'reason'>;

  constructor(@Inject(METRICS_REGISTRY) registry: Registry) {
    const registers = [registry];
    const name = (what: string): string => `claimwire_stedi_reports_${what}`;
    this.fetchSeconds = new Histogram({
      name: name('fetch_duration_seconds'),
      help: 'One try to fetch a report, with the question for its transaction where that was needed',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    });
    this.claims = new Counter({
      name: name('claims_total'),
      help: 'Claims of reports that were published',
      registers,
    });
    this.transactions = new Counter({
      name: name('transactions_total'),
      help: 'Transactions by how a try, or the look at their event, ended',
      labelNames: ['outcome', 'reason'],
      registers,
    });
    this.jobsAdded = new Counter({
      name: name('jobs_added_total'),
      help: 'Jobs that were made or opened again, by what announced them: webhook or backfill',
      labelNames: ['origin'],
      registers,
    });
    this.jobs = new Gauge({
      name: name('jobs'),
      help: 'Unsettled jobs: waiting, or paused with their connection; the same in every replica',
      labelNames: ['state'],
      registers,
    });
    this.oldestJob = new Gauge({
      name: name('oldest_job_age_seconds'),
      help: 'Age of the oldest unsettled job of a connection that is not paused; the same in every replica',
      registers,
    });
    this.pausedConnections = new Gauge({
      name: name('paused_connections'),
      help: 'Connections whose API key Stedi refuses, until they are changed; the same in every replica',
      registers,
    });
    this.missed = new Counter({
      name: name('missed_transactions_total'),
      help: 'Transactions that only polling found: their webhook never came',
      registers,
    });
    this.polls = new Counter({
      name: name('polls_total'),
      help: 'Sweeps over the transactions of a connection, by how they ended',
      labelNames: ['outcome'],
      registers,
    });
  }

  count(outcome: JobOutcome, reason: string): void {
    this.transactions.inc({ outcome, reason });
  }
}
