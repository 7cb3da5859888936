import { rawTopic } from '@claimwire/contracts';
import { errorCode, RecordTooLargeError } from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import { isExpectedAccount } from '@claimwire/provider-kit';
import { explodeReport, type ReportPart } from '@claimwire/provider-stedi';
import { endSends, startSend, Tracing, traceparentFrom } from '@claimwire/service-host';
import { Injectable } from '@nestjs/common';
import { partRecord, quarantineRecord } from '../build-messages.js';
import { StediReportsConfig } from '../config.js';
import type { KnownSettings } from '../connection-directory.js';
import { fetchReport, type FetchedReport, type ReportSettings } from '../fetch/fetch-report.js';
import { StediClient } from '../fetch/stedi-client.js';
import { ReportMetrics } from '../metrics.js';
import { ReportPublisher } from '../report-publisher.js';
import type { Job, SettledState } from './job.js';
import { JobMoves } from './job-moves.js';
import { openMessage } from './message-seal.js';

/** How a try ended. What is settled is on Kafka already, and only to be noted. */
export type Ending =
  | { kind: 'settled'; state: SettledState; reason: string; claims?: number }
  | { kind: 'retry'; reason: string }
  /** Another connection that announced it too has it now; it is not this process's any more. */
  | { kind: 'moved'; reason: string }
  /** The API key is refused: nothing of this connection can be had with these settings. */
  | { kind: 'refused'; reason: string; version: string };

type Failed = Exclude<FetchedReport, { kind: 'report' | 'not_needed' }>;

/** Does one try of a job: its claims are on Kafka, or it is in quarantine, or it has to come again. */
@Injectable()
export class ReportProcessor {
  private readonly keyring: Keyring;

  constructor(
    private readonly client: StediClient,
    private readonly publisher: ReportPublisher,
    private readonly moves: JobMoves,
    private readonly config: StediReportsConfig,
    private readonly metrics: ReportMetrics,
    private readonly tracing: Tracing,
  ) {
    this.keyring = Keyring.parse(config.CLAIMWIRE_KEYRING);
  }

  /**
   * @param known undefined: there is no such connection (any more)
   * @throws when nothing can be said of the job: the broker does not acknowledge, or the signal is aborted
   */
  async process(job: Job, known: KnownSettings | undefined, signal: AbortSignal): Promise<Ending> {
    if (!known) return this.moveOrQuarantine(job, 'connection_unknown');
    if (known.kind === 'unreadable') return this.moveOrQuarantine(job, 'connection_secrets_unreadable');
    const { settings, version } = known;
    // Polling does not say the account; an unexpected webhook is quarantined by the normaliser.
    if (job.origin === 'webhook' && !isExpectedAccount(job.event.account ?? null, settings)) {
      return { kind: 'settled', state: 'skipped', reason: 'unexpected_account' };
    }
    if (!settings.reports) return { kind: 'settled', state: 'skipped', reason: 'reports_not_configured' };
    const fetched = await this.fetch(job, settings.reports, signal);
    switch (fetched.kind) {
      case 'report':
        return this.publish(job, fetched);
      case 'not_needed':
        return { kind: 'settled', state: 'skipped', reason: fetched.reason };
      case 'refused':
        return { ...fetched, version };
      case 'retry':
      case 'failed':
        return this.retryOrQuarantine(job, fetched);
    }
  }

  /** @throws as the publisher: nothing is settled then */
  async quarantine({ headers, event, source, sealedMessage }: Job, reason: string): Promise<Ending> {
    const message = openMessage(this.keyring, headers.tenant, event.transactionId, sealedMessage);
    await this.publisher.publishAll([quarantineRecord(headers, message, source, reason)]);
    return { kind: 'settled', state: 'quarantined', reason };
  }

  private async fetch({ event, headers }: Job, reports: ReportSettings, signal: AbortSignal): Promise<FetchedReport> {
    const stop = this.metrics.fetchSeconds.startTimer();
    const get: StediClient['get'] = (url, apiKey, until) => this.client.get(url, apiKey, until, headers.traceparent);
    return fetchReport({ get }, reports, event, signal).finally(() => stop());
  }

  private async retryOrQuarantine(job: Job, { kind, reason }: Failed): Promise<Ending> {
    const { NOT_FOUND_MAX_AGE_MS, RETRY_MAX_AGE_MS } = this.config;
    const maxAgeMs = reason === 'report_not_found' ? NOT_FOUND_MAX_AGE_MS : RETRY_MAX_AGE_MS;
    if (kind === 'retry' && job.ageMs < maxAgeMs) return { kind, reason };
    return this.moveOrQuarantine(job, reason);
  }

  private async moveOrQuarantine(job: Job, reason: string): Promise<Ending> {
    if (await this.moves.toAnother(job, reason)) return { kind: 'moved', reason };
    return this.quarantine(job, reason);
  }

  private async publish(job: Job, fetched: Extract<FetchedReport, { kind: 'report' }>): Promise<Ending> {
    const { parts, unreadable } = explodeReport(fetched.reportKind, fetched.report, fetched.context);
    try {
      await this.send(job.headers, parts);
    } catch (error) {
      // The other claims are published; a person must look at the one that no topic takes.
      if (error instanceof RecordTooLargeError) return this.quarantine(job, 'report_part_too_large');
      throw error;
    }
    this.metrics.claims.inc(parts.length);
    // Claims that name nobody cannot be assigned: the report needs a person's look, its other claims go on.
    if (unreadable > 0) return this.quarantine(job, 'report_claim_without_control_number');
    const reason = parts.length > 0 ? fetched.reportKind : 'report_without_claims';
    return { kind: 'settled', state: 'done', reason, claims: parts.length };
  }

  /** All claims of a report are one send: their messages carry its context. */
  private async send(headers: Job['headers'], parts: readonly ReportPart[]): Promise<void> {
    const span = startSend(this.tracing, rawTopic('stedi-reports'), headers.traceparent, { count: parts.length });
    const traced = span ? { ...headers, traceparent: traceparentFrom(span) } : headers;
    try {
      await this.publisher.publishAll(parts.map((part) => partRecord(traced, part)));
      if (span) endSends([span]);
    } catch (error) {
      if (span) endSends([span], errorCode(error));
      throw error;
    }
  }
}
