import { CONSUMERS } from '@claimwire/contracts';
import { type Batch, errorCode, KafkaBatch, type LaneBatch } from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import { inTransaction, LaneStore, PG_POOL, type Pool } from '@claimwire/postgres';
import { BatchSpans, faultPoint, Tracing } from '@claimwire/service-host';
import { Controller, Inject } from '@nestjs/common';
import { StediReportsConfig } from '../config.js';
import { ConnectionDirectory } from '../connection-directory.js';
import { insertJobs } from '../jobs/insert-jobs.js';
import type { NewJob } from '../jobs/job.js';
import { JobWorkers } from '../jobs/job-workers.js';
import { ReportMetrics } from '../metrics.js';
import { readJob } from './read-job.js';

export const CONSUMER = 'stedi-reports';

/** Turns announced transactions into jobs: they and the lane's offset are one transaction (docs/adr/0001, 0005). */
@Controller()
export class ReportsConsumer {
  private readonly keyring: Keyring;

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly lanes: LaneStore,
    private readonly directory: ConnectionDirectory,
    private readonly workers: JobWorkers,
    private readonly metrics: ReportMetrics,
    private readonly tracing: Tracing,
    config: StediReportsConfig,
  ) {
    this.keyring = Keyring.parse(config.CLAIMWIRE_KEYRING);
  }

  @KafkaBatch({ consumer: CONSUMER, topics: CONSUMERS[CONSUMER] })
  async handle(batch: Batch): Promise<void> {
    const { lane, nextOffset } = batch as LaneBatch;
    const { jobs, skipped } = await this.sort(batch);
    const trace = this.trace(batch, jobs);
    const inserted = await inTransaction(this.pool, async (client) => {
      await this.lanes.advance(client, lane, nextOffset);
      const made = await insertJobs(client, this.keyring, jobs);
      await faultPoint('stedi-reports.before-commit');
      return made;
    }).catch((error: unknown) => {
      trace?.end(errorCode(error));
      throw error;
    });
    trace?.end();
    await faultPoint('stedi-reports.after-commit');
    for (const reason of skipped) this.metrics.count('skipped', reason);
    this.metrics.jobsAdded.inc({ origin: 'webhook' }, inserted);
    if (inserted > 0) this.workers.poke();
  }

  /** What becomes of an announcement whose trace is kept is done in that trace. */
  private trace({ topic, partition }: Batch, jobs: readonly NewJob[]): BatchSpans | null {
    if (!this.tracing.isOn) return null;
    const messages = jobs.map(({ headers: { traceparent, id } }) => ({ traceparent, id }));
    const spans = BatchSpans.begin(this.tracing, { topic, partition, consumer: CONSUMER, messages });
    for (const [index, { headers }] of jobs.entries())
      headers.traceparent = spans?.traceparentOf(index) ?? headers.traceparent;
    return spans;
  }

  private async sort(batch: Batch): Promise<{ jobs: NewJob[]; skipped: string[] }> {
    const read = batch.messages.map((message) => readJob(message, batch));
    const announced = read.flatMap((one) => (one.kind === 'job' ? [one.job] : []));
    const skipped = read.flatMap((one) => (one.kind === 'skipped' ? [one.reason] : []));
    const known = await this.directory.load([...new Set(announced.map(({ headers }) => headers.connection))]);
    const wanted = announced.filter(({ headers }) => {
      const connection = known.get(`${headers.tenant}/${headers.connection}`);
      // Backfill finds these once reports are configured: no job may stand in its way.
      const isWanted = connection?.kind !== 'settings' || connection.settings.reports !== undefined;
      if (!isWanted) skipped.push('reports_not_configured');
      return isWanted;
    });
    return { jobs: wanted, skipped };
  }
}
