import { RecordTooLargeError } from '@claimwire/kafka';
import { isExpectedAccount } from '@claimwire/provider-kit';
import { explodeReport } from '@claimwire/provider-stedi';
import { ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { partRecord, quarantineRecord, type SourcePosition } from './build-messages.js';
import { StediReportsConfig } from './config.js';
import type { KnownSettings } from './connection-directory.js';
import { fetchReport, type ReportSettings } from './fetch-report.js';
import { ReportMetrics, type TransactionOutcome } from './metrics.js';
import type { ReportJob } from './read-job.js';
import { ReportPublisher } from './report-publisher.js';
import { StediClient } from './stedi-client.js';

export interface Assignment {
  job: ReportJob;
  source: SourcePosition;
  /** undefined: there is no such connection (any more). */
  settings: KnownSettings | undefined;
  signal: AbortSignal;
}

interface Ending {
  outcome: TransactionOutcome;
  reason: string;
  claims?: number;
}

/**
 * Settles one transaction: its claims are on Kafka, or it is in quarantine, or it is rightly nothing to us. Whoever calls
 * this decides when and how often (today a batch of the topic; jobs in PostgreSQL can take the same seam).
 */
@Injectable()
export class TransactionProcessor {
  constructor(
    private readonly client: StediClient,
    private readonly publisher: ReportPublisher,
    private readonly config: StediReportsConfig,
    private readonly metrics: ReportMetrics,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
  ) {}

  /** @throws when it is not settled: the broker does not acknowledge, or the signal is aborted */
  async settle(assignment: Assignment): Promise<void> {
    const started = performance.now();
    const { outcome, reason, claims } = await this.run(assignment);
    this.metrics.count(outcome, reason);
    const { headers, event } = assignment.job;
    const ids = { tenant: headers.tenant, connection: headers.connection, ce_id: headers.id };
    const ms = Math.round(performance.now() - started);
    this.logger.info({ ...ids, transaction: event.transactionId, outcome, reason, claims, ms }, 'transaction settled');
  }

  private async run(assignment: Assignment): Promise<Ending> {
    const { settings, job } = assignment;
    if (!settings) return this.quarantine(assignment, 'connection_unknown');
    if (settings.kind === 'unreadable') return this.quarantine(assignment, 'connection_secrets_unreadable');
    // The normaliser quarantines these.
    if (!isExpectedAccount(job.event.account ?? null, settings.settings)) {
      return { outcome: 'skipped', reason: 'unexpected_account' };
    }
    const { reports } = settings.settings;
    if (!reports) return { outcome: 'skipped', reason: 'reports_not_configured' };
    return this.fetch(assignment, reports);
  }

  private async fetch(assignment: Assignment, reports: ReportSettings): Promise<Ending> {
    const { job, signal } = assignment;
    const stop = this.metrics.fetchSeconds.startTimer();
    const deadline = performance.now() + this.config.FETCH_BUDGET_MS;
    const fetched = await fetchReport(this.client, reports, job.event, { deadline, signal }).finally(() => stop());
    if (fetched.kind === 'not_needed') return { outcome: 'skipped', reason: fetched.reason };
    if (fetched.kind === 'failed') return this.quarantine(assignment, fetched.reason);
    const { parts, unreadable } = explodeReport(fetched.reportKind, fetched.report, fetched.context);
    try {
      await this.publisher.publishAll(parts.map((part) => partRecord(job, part)));
    } catch (error) {
      // The other claims are published; a person must look at the one that no topic takes.
      if (error instanceof RecordTooLargeError) return this.quarantine(assignment, 'report_part_too_large');
      throw error;
    }
    this.metrics.claims.inc(parts.length);
    // Claims that name nobody cannot be assigned: the report needs a person's look, its other claims go on.
    if (unreadable > 0) return this.quarantine(assignment, 'report_claim_without_control_number');
    return {
      outcome: 'published',
      reason: parts.length > 0 ? fetched.reportKind : 'report_without_claims',
      claims: parts.length,
    };
  }

  private async quarantine({ job, source }: Assignment, reason: string): Promise<Ending> {
    await this.publisher.publishAll([quarantineRecord(job, source, reason)]);
    return { outcome: 'quarantined', reason };
  }
}
