import { PostgresModule } from '@claimwire/postgres';
import { type DynamicModule, Module } from '@nestjs/common';
import type { StediReportsConfig } from './config.js';
import { ConnectionDirectory } from './connection-directory.js';
import { ReportMetrics } from './metrics.js';
import { ReportPublisher } from './report-publisher.js';
import { ReportsConsumer } from './reports.consumer.js';
import { StediClient } from './stedi-client.js';
import { TransactionProcessor } from './transaction-processor.js';

@Module({})
export class StediReportsModule {
  static forConfig(config: StediReportsConfig): DynamicModule {
    return {
      module: StediReportsModule,
      imports: [PostgresModule.forRoot(config)],
      controllers: [ReportsConsumer],
      providers: [ConnectionDirectory, ReportMetrics, ReportPublisher, StediClient, TransactionProcessor],
    };
  }
}
