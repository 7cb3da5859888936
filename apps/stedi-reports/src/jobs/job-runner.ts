import { errorCode, isTransient } from '@claimwire/kafka';
import { faultPoint, ROOT_LOGGER, type RootLogger, Tracing } from '@claimwire/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { StediReportsConfig } from '../config.js';
import type { KnownSettings } from '../connection-directory.js';
import { type Backoff, backoffMs } from '../fetch/backoff.js';
import { type JobOutcome, ReportMetrics } from '../metrics.js';
import { ConnectionPauses } from './connection-pauses.js';
import { insist, type Patience } from './insist.js';
import type { Job, SettledState } from './job.js';
import { JobMoves } from './job-moves.js';
import { JobOutcomes } from './job-outcomes.js';
import { endTry, inTrace, startTry } from './job-span.js';
import { type Ending, ReportProcessor } from './report-processor.js';

const OUTCOMES: Record<SettledState, JobOutcome> = {
  done: 'published',
  skipped: 'skipped',
  quarantined: 'quarantined',
};

/** Runs a try and notes what became of it: after the work, so that a crash between repeats it with the same ids. */
@Injectable()
export class JobRunner {
  private readonly backoff: Backoff;

  constructor(
    private readonly processor: ReportProcessor,
    private readonly outcomes: JobOutcomes,
    private readonly pauses: ConnectionPauses,
    private readonly moves: JobMoves,
    private readonly config: StediReportsConfig,
    private readonly metrics: ReportMetrics,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
    private readonly tracing: Tracing,
  ) {
    this.backoff = { firstMs: config.RETRY_FIRST_MS, longestMs: config.RETRY_LONGEST_MS };
  }

  /**
   * @returns false when the broker is away: other jobs would fetch in vain
   * @throws when PostgreSQL takes no note until the lease ends, which lets another try begin
   */
  async run(job: Job, known: KnownSettings | undefined, signal: AbortSignal): Promise<boolean> {
    const started = performance.now();
    const patience = { until: started + this.config.JOB_LEASE_MS, signal };
    try {
      const ending = await this.process(job, known, signal);
      await faultPoint('stedi-reports.after-publish');
      // Its claims are published: while PostgreSQL is away, another try would only publish them again.
      await insist(() => this.note(job, ending, Math.round(performance.now() - started)), patience);
      return true;
    } catch (error) {
      return await this.onFailure(job, error, patience);
    }
  }

  private async process(job: Job, known: KnownSettings | undefined, signal: AbortSignal): Promise<Ending> {
    const span = startTry(this.tracing, job);
    let ending: Ending | null = null;
    try {
      ending = await this.processor.process(inTrace(job, span), known, signal);
      return ending;
    } finally {
      if (span) endTry(span, ending);
    }
  }

  /** @returns as `run` */
  private async onFailure(job: Job, error: unknown, patience: Patience): Promise<boolean> {
    if (patience.signal.aborted) await this.outcomes.postpone(job, 'stopped', 0);
    else if (!isTransient(error)) await this.onBug(job, error);
    else {
      this.logger.warn({ code: errorCode(error) }, 'a job could not be finished, trying again');
      const delayMs = backoffMs(job.attempts, this.backoff);
      await insist(async () => void (await this.outcomes.postpone(job, 'store_unavailable', delayMs)), patience);
      return false;
    }
    return true;
  }

  private async note(job: Job, ending: Ending, ms: number): Promise<void> {
    switch (ending.kind) {
      case 'settled':
        await this.outcomes.settle(job, ending.state, ending.reason);
        return this.report(job, OUTCOMES[ending.state], { ...ending, ms });
      case 'retry':
        return this.retry(job, ending.reason, ms);
      case 'moved':
        return this.report(job, 'moved', { ...ending, ms });
      case 'refused':
        return this.pause(job, ending, ms);
    }
  }

  private async retry(job: Job, reason: string, ms: number): Promise<void> {
    const delayMs = backoffMs(job.attempts, this.backoff);
    await this.outcomes.postpone(job, reason, delayMs);
    if (reason === 'report_rate_limited') {
      await this.pauses.throttle(job.headers.connection, backoffMs(1, this.backoff));
    }
    this.report(job, 'retried', { reason, ms });
  }

  private async pause(job: Job, { reason, version }: Extract<Ending, { kind: 'refused' }>, ms: number): Promise<void> {
    const { tenant, connection } = job.headers;
    const paused = await this.pauses.pause(connection, version, reason);
    if (paused) this.logger.warn({ tenant, connection, reason }, 'connection paused: its API key is refused');
    await this.outcomes.postpone(job, reason, 0);
    await this.moves.fromPaused();
    this.report(job, 'paused', { reason, ms });
  }

  /** One report that nobody foresaw must not hold up all others, as a crash would. */
  private async onBug(job: Job, error: unknown): Promise<void> {
    const { tenant } = job.headers;
    const frames = error instanceof Error ? error.stack?.split('\n').filter((line) => line.startsWith('    at ')) : [];
    this.logger.error({ tenant, transaction: job.event.transactionId, frames }, 'a job failed for an unknown reason');
    if (job.ageMs < this.config.RETRY_MAX_AGE_MS) return this.retry(job, 'processing_failed', 0);
    await this.note(job, await this.processor.quarantine(job, 'processing_failed'), 0);
  }

  /** The one line of a job; tries that settle nothing are for who looks closer. */
  private report(job: Job, outcome: JobOutcome, more: { reason: string; claims?: number; ms: number }): void {
    const { reason, claims, ms } = more;
    this.metrics.count(outcome, reason);
    const { headers, event, attempts, origin } = job;
    const ids = { tenant: headers.tenant, connection: headers.connection, ce_id: headers.id };
    const isFinal = outcome !== 'retried' && outcome !== 'paused' && outcome !== 'moved';
    const line = { ...ids, transaction: event.transactionId, origin, outcome, reason, claims, attempts, ms };
    this.logger[isFinal ? 'info' : 'debug'](line, 'report.fetched');
  }
}
