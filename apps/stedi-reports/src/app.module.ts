import { LaneStore, PG_POOL, type Pool, PostgresModule } from '@claimwire/postgres';
import { type DynamicModule, Module } from '@nestjs/common';
import { BackfillPoller } from './backfill/backfill-poller.js';
import { PollSweeps } from './backfill/poll-sweeps.js';
import { SweepWalker } from './backfill/sweep-walker.js';
import type { StediReportsConfig } from './config.js';
import { ConnectionDirectory } from './connection-directory.js';
import { StediClient } from './fetch/stedi-client.js';
import { Housekeeping } from './housekeeping.js';
import { ReportsConsumer } from './intake/reports.consumer.js';
import { ConnectionPauses } from './jobs/connection-pauses.js';
import { JobMoves } from './jobs/job-moves.js';
import { JobOutcomes } from './jobs/job-outcomes.js';
import { JobQueue } from './jobs/job-queue.js';
import { JobRunner } from './jobs/job-runner.js';
import { JobWorkers } from './jobs/job-workers.js';
import { ReportProcessor } from './jobs/report-processor.js';
import { ReportMetrics } from './metrics.js';
import { ReportPublisher } from './report-publisher.js';

@Module({})
export class StediReportsModule {
  static forConfig(config: StediReportsConfig): DynamicModule {
    return {
      module: StediReportsModule,
      imports: [PostgresModule.forRoot(config)],
      controllers: [ReportsConsumer],
      providers: [
        BackfillPoller,
        ConnectionDirectory,
        ConnectionPauses,
        Housekeeping,
        JobMoves,
        JobOutcomes,
        JobQueue,
        JobRunner,
        JobWorkers,
        PollSweeps,
        ReportMetrics,
        ReportProcessor,
        ReportPublisher,
        StediClient,
        SweepWalker,
        { provide: LaneStore, inject: [PG_POOL], useFactory: (pool: Pool) => new LaneStore(pool) },
      ],
    };
  }
}
