import { rawTopic } from '@claimwire/contracts';
import { type Batch, KafkaBatch } from '@claimwire/kafka';
import { Controller } from '@nestjs/common';
import { signalOf } from './batch-signal.js';
import { StediReportsConfig } from './config.js';
import { ConnectionDirectory } from './connection-directory.js';
import { forEachBounded } from './for-each-bounded.js';
import { ReportMetrics } from './metrics.js';
import { readJob, type ReportJob } from './read-job.js';
import { TransactionProcessor } from './transaction-processor.js';

export const CONSUMER = 'stedi-reports';

/** Settles every transaction of a batch before the offset moves past it. */
@Controller()
export class ReportsConsumer {
  constructor(
    private readonly directory: ConnectionDirectory,
    private readonly processor: TransactionProcessor,
    private readonly config: StediReportsConfig,
    private readonly metrics: ReportMetrics,
  ) {}

  @KafkaBatch({ consumer: CONSUMER, topics: [rawTopic('stedi')] })
  async handle(batch: Batch): Promise<void> {
    const jobs = this.jobsOf(batch);
    const known = await this.directory.load([...new Set(jobs.map(({ headers }) => headers.connection))]);
    const source = { topic: batch.topic, partition: batch.partition };
    const { signal, end } = signalOf(batch);
    try {
      await forEachBounded(jobs, this.config.FETCH_CONCURRENCY, (job) => {
        const settings = known.get(`${job.headers.tenant}/${job.headers.connection}`);
        return this.processor.settle({ job, source, settings, signal });
      });
    } finally {
      end();
    }
  }

  private jobsOf(batch: Batch): ReportJob[] {
    const jobs: ReportJob[] = [];
    for (const message of batch.messages) {
      const job = readJob(message);
      if (job.kind === 'job') jobs.push(job);
      else this.metrics.count('skipped', job.reason);
    }
    return jobs;
  }
}
